/** The times between which builder messages of Pilotfish are read. The clock is the test's, so they are exact. */
import { jest } from '@jest/globals';
import { buildDrop, guidOf, pilotfishAudit } from '../../kusto/demo/events.ts';
import { type DataLayer, startDataLayer } from '../support/engine/data-layer.ts';

const build = { organization: 'contoso', project: guidOf('project'), id: 5001 };
const drop = { branch: 'rd_main', version: '7.0.5001.1' };
const messageAt = Date.parse('2100-03-01T08:00:00.000Z');
const dayMs = 24 * 60 * 60_000;

let layer: DataLayer;
const clock = jest.spyOn(Date, 'now');

beforeAll(async () => {
  layer = await startDataLayer();
  const at = new Date(messageAt);
  const { PFBuilderMessage = [], DeploymentAuditEvent = [] } = pilotfishAudit(
    '5001',
    [{ payload: 'FrontEnd=5001', drop }],
    at,
  );
  clock.mockReturnValue(messageAt);
  await layer.ingest({ ...buildDrop(build, drop) });
  clock.mockReturnValue(messageAt + 1);
  await layer.ingest({ PFBuilderMessage });
  clock.mockReturnValue(messageAt + 1 + dayMs + 1);
  await layer.ingest({ DeploymentAuditEvent });
});
afterAll(async () => {
  clock.mockRestore();
  await layer.stop();
});

const count = async (query: string): Promise<unknown> =>
  (await layer.database.query(`${query} | count`))[0]?.Count;

test.each([
  ['from the very moment of the message', '.0010000', '.0010001', 1],
  ['from a tick after it', '.0010001', '.0020000', 0],
  ['up to its moment', '.0000000', '.0010000', 0],
])('GetPFBuilderMessage %s', async (_, start, end, rows) => {
  const time = (fraction: string) => `datetime(2100-03-01T08:00:00${fraction}Z)`;
  expect(await count(`GetPFBuilderMessage(${time(start)}, ${time(end)})`)).toBe(rows);
});

test.each([
  ['a day before the window begins counts', '.0010000', 1],
  ['a tick more than a day before the window begins does not', '.0010001', 0],
])('a builder message %s', async (_, start, rows) => {
  const window = `datetime(2100-03-02T08:00:00${start}Z), datetime(2100-03-02T09:00:00Z)`;
  expect(await count(`MapBuild2PayloadPF(${window})`)).toBe(rows);
});
