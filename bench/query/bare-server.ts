/** A bare Fastify route with the hand-written B2D on the same database: the baseline for the API. */
import fastify from 'fastify';
import { openForReading } from '../../kusto/engine/store/connection.ts';
import { b2dSql } from './hand-written.ts';
import { numbered } from './in-process.ts';

interface B2dQuery {
  readonly adoOrganizationName: string;
  readonly adoProjectId: string;
  readonly adoBuildId: string;
}

const [file = ''] = process.argv.slice(2);
const statement = openForReading(file).prepare<unknown[], unknown[]>(b2dSql).raw();
const app = fastify();
app.get<{ Querystring: B2dQuery }>('/b2d/v1/build2deployments', (request) => {
  const { adoOrganizationName, adoProjectId, adoBuildId } = request.query;
  const rows = statement.all(numbered([adoOrganizationName, adoProjectId, adoBuildId]));
  return rows.map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)));
});
process.send?.({ url: await app.listen({ host: '127.0.0.1', port: 0 }) });
