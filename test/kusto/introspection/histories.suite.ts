/**
 * Random histories of projects, their events shuffled, duplicated and mapped in several rounds: cells, changes, kinds, news and
 * measures equal a model of plain facts (history-model.ts), and what is said of an earlier time is what was said then.
 * `INTROSPECTION_HISTORIES` sets how many, `INTROSPECTION_SEED` which.
 */
import { randomNumbers } from '../../../changelog/demo/deliveries.ts';
import { ingestRows, rowsOf } from '../../../changelog/demo/load-changelog-demo.ts';
import type { ChangelogRow } from '../../../changelog/events/read-event.ts';
import { callFunction } from '../../../kusto/client/function-call.ts';
import { getEnvironments, getMeasures, getNews, getPlacements } from '../../../kusto/client/functions.ts';
import type { Row } from '../../../kusto/client/rows.ts';
import { mapChangelog } from '../../support/changelog/changelog.ts';
import type { DataLayer } from '../../support/engine/data-layer.ts';
import { type History, makeHistory } from './history.ts';
import { attemptsAt, changesAt, matrixAt, measuresOf, newsOf, placementsAt } from './history-model.ts';

const count = Number(process.env.INTROSPECTION_HISTORIES ?? 10);
const firstSeed = Number(process.env.INTROSPECTION_SEED ?? 1);
const endOfTime = new Date('9999-12-31T00:00:00Z');

/** @param dataLayer one that has started when tests run */
export function testHistories(dataLayer: () => DataLayer): void {
  const now = new Date(Date.now() - 60_000);
  const histories = Array.from({ length: count }, (_, at) => makeHistory(firstSeed + at, now));
  const saidInTheMiddle = new Map<History, string[]>();

  beforeAll(async () => {
    const { database, tell } = dataLayer();
    const random = randomNumbers(firstSeed);
    const rounds: ChangelogRow[][] = [[], [], []];
    for (const { recorder, middle } of histories)
      for (const row of rowsOf(recorder)) {
        const time = String(row.row.CreatedDate ?? '');
        const round = time <= middle ? 0 : random() < 0.5 ? 1 : 2;
        rounds[round]?.push(row);
        if (random() < 0.1) rounds[Math.max(round, 2)]?.push(row);
      }
    for (const [round, rows] of rounds.entries()) {
      const shuffled = rows
        .map((row) => ({ row, place: random() }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ row }) => row);
      await ingestRows(database, shuffled);
      if (round === 1) await tell(...histories.map(({ rollouts }) => rollouts));
      await mapChangelog(database);
      if (round > 0) continue;
      for (const history of histories) saidInTheMiddle.set(history, await matrix(history, endOfTime));
    }
  }, 300_000);

  const keyOf = ({ recorder: { project } }: History) => ({
    AdoOrganizationName: project.organization,
    AdoProjectId: project.id,
  });
  async function matrix(history: History, at: Date): Promise<string[]> {
    const all = { Services: [], Environments: [], States: [], AfterService: '', Top: 200, At: at };
    const rows = await callFunction(dataLayer().database, getEnvironments, { ...keyOf(history), ...all });
    return rows.flatMap((row) =>
      row.Row === 'cell'
        ? [
            [
              ...[
                row.Service,
                row.Environment,
                row.Slot,
                row.BuildId,
                row.State,
                shortened(row.EndTime),
                row.Kind,
              ],
              ...[`behind ${row.Behind}`, `more ${row.MoreSince}`],
            ].join(' '),
          ]
        : [],
    );
  }

  async function changes(history: History, at: Date): Promise<Row[]> {
    const none = { Services: [], Environments: [], States: [], Authors: [], BuildId: 0, CommitPrefix: '' };
    const some = { ImageTag: '', DeploymentId: '', Measure: '', From: new Date(0), To: endOfTime };
    const page = { AfterTime: endOfTime, AfterKey: '', Top: 5_000, At: at };
    return callFunction(dataLayer().database, getPlacements, {
      ...keyOf(history),
      ...none,
      ...some,
      ...page,
    });
  }

  const changeText = (row: Row) =>
    [row.Service, row.Environment, row.BuildId, row.State, shortened(row.EndTime), row.Kind].join(' ');

  /** Times of the history, between what happened. */
  function timesOf({ deployments, middle }: History): Date[] {
    const all = deployments.flatMap(({ attempts }) => attempts.flat().map(({ time }) => time)).toSorted();
    const some = [all[Math.floor(all.length / 4)], middle, all[Math.floor((all.length * 3) / 4)]];
    return some.flatMap((time) => (time === undefined ? [] : [new Date(time)]));
  }

  describe.each(histories.map((history) => [history.name, history] as const))('%s', (_, history) => {
    test('cells and changes are those of the model, now and at times', async () => {
      const said = [await matrix(history, endOfTime), (await changes(history, endOfTime)).map(changeText)];
      expect(said.map((one) => one.toSorted())).toEqual(
        [matrixAt(history, now.toISOString(), true), changesAt(history, now.toISOString(), true)].map((one) =>
          one.toSorted(),
        ),
      );
      for (const at of timesOf(history)) {
        const then = [await matrix(history, at), (await changes(history, at)).map(changeText)];
        const time = at.toISOString();
        expect([time, ...then.map((one) => one.toSorted())]).toEqual([
          time,
          ...[matrixAt(history, time, false), changesAt(history, time, false)].map((one) => one.toSorted()),
        ]);
      }
      // What a release deploys may have become known later.
      const withoutReleases = (lines: readonly string[] = []) =>
        lines.filter((line) => !line.includes(' Live '));
      const then = await matrix(history, new Date(history.middle));
      expect(withoutReleases(then)).toEqual(withoutReleases(saidInTheMiddle.get(history)));
    });

    test('what some placements brought is that of the model', async () => {
      const placed = placementsAt(history, now.toISOString());
      const all = attemptsAt(history, now.toISOString()).flat();
      for (const one of placed.filter((_, at) => at % 4 === 0)) {
        const { source, key } = one.deployed;
        const id = source === 'expressv2' ? key.split('/')[1] : key.split('/').slice(1, -2).join('/');
        const rows = await callFunction(dataLayer().database, getNews, {
          ...keyOf(history),
          ...{
            Service: '',
            Environment: '',
            DeploymentSource: source,
            DeploymentId: String(id),
            SinceDeploymentId: '',
          },
        });
        const { since, direction, commits } = newsOf(history, one, all);
        expect({
          key,
          direction: rows[0]?.Direction,
          since: rows.find((row) => row.Row === 'since')?.BuildId,
          commits: rows.flatMap((row) => (row.Row === 'commit' ? [String(row.Id)] : [])).toSorted(),
        }).toEqual({ key, direction, since, commits });
      }
    });

    test('measures count what the model counts', async () => {
      const rows = await callFunction(dataLayer().database, getMeasures, {
        ...keyOf(history),
        ...{ Services: [], Environments: [], From: new Date(now.getTime() - 90 * 24 * 60 * 60_000), To: now },
      });
      const totals = rows.filter(
        (row) => row.Row === 'measure' && row.Service === '' && row.Environment === '',
      );
      for (const [name, numbers] of Object.entries(measuresOf(history, now.toISOString()))) {
        const total = totals.find(({ Name }) => Name === name);
        expect([name, total?.Counted]).toEqual([name, numbers.length]);
        if (numbers.length === 0) continue;
        const middle =
          (numbers[(numbers.length - 1) >> 1] as number) + (numbers[numbers.length >> 1] as number);
        const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
        const value =
          name === 'deploymentFrequency' ? numbers.length / 90 : name.endsWith('Time') ? middle / 2 : mean;
        expect(total?.Value).toBeCloseTo(value, 6);
      }
    });
  });
}

/** Times without the digits that JavaScript does not have. */
const shortened = (time: unknown): string => (typeof time === 'string' ? time.replace(/0000Z$/, 'Z') : '');
