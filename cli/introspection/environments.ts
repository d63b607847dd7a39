/** `environments`: which version of each service is in each environment, as a matrix. */

import type { LookupAnswer, LookupCallOptions } from '../../api/client.ts';
import type { IntrospectionClient } from '../../api/introspection/client.ts';
import type { Cell, Environments, Placement } from '../../api/introspection/contract.ts';
import type { EnvironmentsQuery } from '../../api/introspection/queries.ts';
import { sourceName } from '../../api/names.ts';
import { stateOf } from '../../api/states.ts';
import { type Shown, show } from '../answers.ts';
import { stateTones } from '../builds/lookup-tables.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { accessOf, introspectionWith } from '../login/service-access.ts';
import type { Printer } from '../terminal/printer.ts';
import type { Text } from '../terminal/styled-text.ts';
import { chosenProject, type OneProjectOptions, type WatchOptions } from './project-options.ts';
import { showOrWatch } from './watch.ts';
import { kindInWords, statePhrase } from './wording.ts';

export interface EnvironmentsOptions extends OneProjectOptions, WatchOptions, Shown {
  readonly service?: readonly string[];
  readonly environment?: readonly string[];
  readonly at?: string;
}

/** Prints the matrix. @throws CommandError */
export async function environments(options: EnvironmentsOptions, context: Context): Promise<ExitCode> {
  const client = introspectionWith(accessOf(options, context));
  const { service, environment, at } = options;
  const project = await chosenProject(options, context);
  const query = { ...project, services: service, environments: environment, at };
  if (options.json)
    return show(allServices(client, query, { signal: context.signal }), options, context, showMatrix);
  return showOrWatch((call) => allServices(client, query, call), options, context, showMatrix);
}

const pageSize = 200;

/** The first answer, with the services of all pages. */
async function allServices(
  client: IntrospectionClient,
  query: EnvironmentsQuery,
  { signal, previous }: LookupCallOptions<Environments>,
): Promise<LookupAnswer<Environments>> {
  const isWhole = previous?.kind === 'found' && previous.body.Services.length < pageSize;
  const options = { ...(signal && { signal }), ...(isWhole && { previous }) };
  const first = await client.getEnvironments({ ...query, top: pageSize }, options);
  if (first.kind !== 'found') return first;
  const { ContinuationToken: begun, ...body } = first.body;
  const services = [...body.Services];
  const cells = [...body.Cells];
  let continuationToken = begun;
  while (continuationToken !== undefined) {
    const page = await client.getEnvironments(
      { ...query, top: pageSize, continuationToken },
      signal && { signal },
    );
    if (page.kind !== 'found') break;
    services.push(...page.body.Services);
    cells.push(...page.body.Cells);
    continuationToken = page.body.ContinuationToken;
  }
  return { ...first, body: { ...body, Services: services, Cells: cells } };
}

function showMatrix(
  { At, Environments: columns, Services, Cells, LeftOut }: Environments,
  out: Printer,
): void {
  if (At !== null) out.line({ text: `As of ${At.slice(0, 19).replace('T', ' ')} UTC`, tone: 'caution' });
  const cellOf = new Map(Cells.map((cell) => [keyOf(cell.Service, cell.Environment), cell]));
  if (Services.length === 0) out.line('No service has been deployed to an environment yet.');
  out.table(
    ['SERVICE', ...columns.map(({ Name }) => Name.toUpperCase())],
    Services.map(({ Name }) => [
      Name,
      ...columns.map((column) => cellText(cellOf.get(keyOf(Name, column.Name)))),
    ]),
  );
  for (const { DeploymentSource, Reason } of LeftOut)
    out.line(`Without ${sourceName(DeploymentSource)}: ${Reason}`);
}

const keyOf = (service: string, environment: string): string => JSON.stringify([service, environment]);

/** What is there, and what has come since: `20261125.1 rolled back; 20261126.2 failed`. */
function cellText(cell: Cell | undefined): Text {
  if (cell === undefined) return '';
  const { Current, Since, MoreSince } = cell;
  const [newest] = Since;
  const more = Since.length + MoreSince - 1;
  const parts = [
    ...(Current ? [there(Current, cell)] : []),
    ...(newest ? [`${newest.Version} ${statePhrase(newest)}${more > 0 ? ` (and ${more} before)` : ''}`] : []),
  ];
  const telling = newest ?? Current;
  const text = parts.join('; ');
  return telling === null ? text : { text, tone: stateTones[stateOf(telling)], link: telling.DeploymentUrl };
}

function there(current: Placement, { Behind, BehindIsAtLeast }: Cell): string {
  const behind = Behind ? `${Behind}${BehindIsAtLeast ? '+' : ''} behind` : '';
  return [current.Version, kindInWords(current), behind].filter(Boolean).join(' ');
}
