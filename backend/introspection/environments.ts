/** The matrix of services and environments: a page of services, now or as it was. */
import type { Cell, EnvironmentColumn, Environments, Placement } from '../../api/introspection/contract.ts';
import {
  continuationToken,
  type EnvironmentsReading,
  readEnvironmentsQuery,
} from '../../api/introspection/parameters.ts';
import { wrongTokenOf } from '../../api/parameters.ts';
import type { ParameterReading } from '../../api/query.ts';
import { getEnvironments } from '../../kusto/client/functions.ts';
import { flagOf, numberOf, type Row, textOf, timeOf } from '../../kusto/client/rows.ts';
import { placeIn, tokenOf } from '../lookups/continuation-token.ts';
import type { Lookup } from '../lookups/lookup.ts';
import {
  findingsInAnyRow,
  leftOutOf,
  placementOf,
  projectNames,
  rowsOf,
  serviceOf,
  unknownProject,
} from './parts.ts';
import { mistakeOfFuture, newest, tooEarly } from './times.ts';
import { environmentsIn, projectsOfPlacements } from './visible.ts';

interface EnvironmentsKey extends EnvironmentsReading {
  /** Name of the last service of the page before; empty for the first page. */
  readonly after: string;
}

export const environmentsLookup: Lookup<EnvironmentsKey, Environments> = {
  name: 'environments',
  warmUp: callOf({
    organization: '-',
    project: '-',
    services: [],
    environments: [],
    states: [],
    at: undefined,
    top: 1,
    continuationToken: undefined,
    after: '',
  }),
  read,
  cacheKey: ({ organization, project, services, environments, states, at, top, after }) =>
    `environments ${JSON.stringify([organization, project, services, environments, states, at, top, after])}`,
  call: callOf,
  // 200 services in 200 environments, with up to six placements each, and a row for everything besides.
  mostRows: 250_000,
  findingsIn: findingsInAnyRow,
  projectOf: (key) => key,
  partOf: environmentsIn,
  result(key, findings) {
    if (findings.kind !== 'found') return unknownProject(key);
    const { rows } = findings;
    const [about = {}] = rowsOf(rows, 'about');
    const horizon = timeOf(about, 'Horizon');
    if (key.at !== undefined && (horizon === null || key.at < horizon)) return tooEarly(horizon);
    const services = rowsOf(rows, 'service').map(serviceOf);
    const last = flagOf(about, 'AndMore') ? services.at(-1) : undefined;
    const cells = cellsOf(rowsOf(rows, 'cell'));
    return {
      kind: 'found',
      body: {
        ...projectNames(key),
        At: key.at ?? null,
        Horizon: horizon,
        LeftOut: rowsOf(rows, 'leftOut').map(leftOutOf),
        Environments: rowsOf(rows, 'environment').map(columnOf),
        Services: services,
        Cells: cells,
        ...(last && { ContinuationToken: tokenOf(queryOf(key), [last.Name]) }),
      },
      projects: projectsOfPlacements(
        key,
        cells.flatMap(({ Current, Since }) => [Current, ...Since]),
      ),
    };
  },
};

function read(rawQuery: string): ParameterReading<EnvironmentsKey> {
  const reading = readEnvironmentsQuery(rawQuery);
  if (!reading.ok) return reading;
  const future = mistakeOfFuture('at', reading.values.at);
  if (future) return { ok: false, mistakes: [future] };
  const { continuationToken: token } = reading.values;
  const [after] = token === undefined ? [''] : (placeIn(queryOf(reading.values), token) ?? []);
  return typeof after === 'string'
    ? { ok: true, values: { ...reading.values, after } }
    : { ok: false, mistakes: [wrongTokenOf(continuationToken)] };
}

/** What pages must agree in. */
function queryOf(key: EnvironmentsReading): readonly unknown[] {
  const { organization, project, services, environments, states, at = null } = key;
  return [
    'environments',
    organization.toLowerCase(),
    project.toLowerCase(),
    services,
    environments,
    states,
    at,
  ];
}

function callOf({ organization, project, services, environments, states, at, top, after }: EnvironmentsKey) {
  return getEnvironments.call({
    AdoOrganizationName: organization,
    AdoProjectId: project,
    Services: services,
    Environments: environments,
    States: states,
    AfterService: after,
    Top: top,
    At: at ?? newest,
  });
}

function columnOf(row: Row): EnvironmentColumn {
  return { Name: textOf(row, 'Environment'), Tier: textOf(row, 'Tier'), Guessed: flagOf(row, 'Guessed') };
}

type GrowingCell = Omit<Cell, 'Current' | 'Since'> & {
  Current: Placement | null;
  readonly Since: Placement[];
};

/** Every placement of a cell has a row of its own; slot 0 is what is there. */
function cellsOf(rows: readonly Row[]): Cell[] {
  const cells: GrowingCell[] = [];
  const byService = new Map<string, Map<string, GrowingCell>>();
  for (const row of rows) {
    const placement = placementOf(row);
    const { Service, Environment } = placement;
    let ofService = byService.get(Service);
    if (!ofService) {
      ofService = new Map();
      byService.set(Service, ofService);
    }
    let cell = ofService.get(Environment);
    if (!cell) {
      cell = {
        Service,
        Environment,
        Current: null,
        Since: [],
        MoreSince: numberOf(row, 'MoreSince') ?? 0,
        Behind: numberOf(row, 'Behind'),
        BehindIsAtLeast: flagOf(row, 'BehindIsAtLeast'),
      };
      ofService.set(Environment, cell);
      cells.push(cell);
    }
    if (numberOf(row, 'Slot') === 0) cell.Current = placement;
    else cell.Since.push(placement);
  }
  return cells;
}
