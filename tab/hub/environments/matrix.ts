/** The rows and columns of the matrix: filtered, grouped and ordered as the user chose. */
import type { Cell, EnvironmentColumn, Environments, Service } from '../../../api/introspection/contract.ts';
import { type DeploymentState, stateOf } from '../../../api/states.ts';
import type { Grouping, HubOptions } from '../hub-options.ts';

export interface ServiceRow {
  readonly kind: 'service';
  readonly key: string;
  readonly service: Service;
  /** By the name of the environment. */
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface GroupRow {
  readonly kind: 'group';
  readonly key: string;
  /** Empty for services that belong to no group. */
  readonly name: string;
  readonly amount: number;
}

export type MatrixRow = ServiceRow | GroupRow;

/** All services with their cells, in the order of the answer. */
export function serviceRows({ Services, Cells }: Environments): ServiceRow[] {
  const cells = new Map<string, Map<string, Cell>>();
  for (const cell of Cells) {
    const ofService = cells.get(cell.Service) ?? new Map<string, Cell>();
    ofService.set(cell.Environment, cell);
    cells.set(cell.Service, ofService);
  }
  return Services.map((service) => ({
    kind: 'service',
    key: `s:${service.Name}`,
    service,
    cells: cells.get(service.Name) ?? new Map(),
  }));
}

/** The environments to show, in the user's order; those that the user has not placed keep the order of deployment. */
export function shownColumns(
  environments: readonly EnvironmentColumn[],
  { columns, hidden }: Pick<HubOptions, 'columns' | 'hidden'>,
): EnvironmentColumn[] {
  return orderedColumns(environments, columns).filter(({ Name }) => !hidden.includes(Name));
}

/** All environments, in the user's order. */
export function orderedColumns(
  environments: readonly EnvironmentColumn[],
  columns: readonly string[],
): EnvironmentColumn[] {
  const placed = columns.flatMap((name) => environments.find(({ Name }) => Name === name) ?? []);
  return [...placed, ...environments.filter((environment) => !placed.includes(environment))];
}

/** The environment before each one in the order of deployment; empty for the first. */
export function environmentsBefore(environments: readonly EnvironmentColumn[]): ReadonlyMap<string, string> {
  return new Map(environments.map(({ Name }, index) => [Name, environments[index - 1]?.Name ?? '']));
}

/** The names in their new order after one has moved by some places; the same names if it cannot move. */
export function movedColumn(names: readonly string[], name: string, by: number): string[] {
  const from = names.indexOf(name);
  const to = Math.max(0, Math.min(names.length - 1, from + by));
  const others = names.filter((other) => other !== name);
  return from < 0 ? [...names] : [...others.slice(0, to), name, ...others.slice(to)];
}

/** The services that match the filters. */
export function filteredRows(
  rows: readonly ServiceRow[],
  { text, states, hidden }: Pick<HubOptions, 'text' | 'states' | 'hidden'>,
): ServiceRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (words.length === 0 || hasAll(row.service, words)) &&
      (states.length === 0 || statesIn(row, hidden).some((state) => states.includes(state))),
  );
}

/** The states in a row that a filter offers: of what is there, and of what has run, failed or waits since. */
export function statesIn(row: ServiceRow, hidden: readonly string[] = []): DeploymentState[] {
  const states = new Set<DeploymentState>();
  for (const { Environment, Current, Since } of row.cells.values()) {
    if (hidden.includes(Environment)) continue;
    if (Current) states.add(stateOf(Current));
    for (const placement of Since) states.add(stateOf(placement));
  }
  return [...states];
}

/** The rows with a line above each group; groups come by name, services without a group last. */
export function groupedRows(rows: readonly ServiceRow[], grouping: Grouping): MatrixRow[] {
  if (grouping === 'none') return [...rows];
  const groups = new Map<string, ServiceRow[]>();
  for (const row of rows) {
    const name = grouping === 'repository' ? (row.service.Repositories[0] ?? '') : prefixOf(row.service.Name);
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups]
    .sort(([one], [other]) => Number(one === '') - Number(other === '') || one.localeCompare(other, 'en'))
    .flatMap(([name, members]): MatrixRow[] => [
      { kind: 'group', key: `g:${name}`, name, amount: members.length },
      ...members,
    ]);
}

/** What a name begins with, up to the first separator: `web` of `web-cart`. */
export function prefixOf(name: string): string {
  return /^(.+?)[-_./\\: ]./.exec(name)?.[1] ?? '';
}

function hasAll({ Name, Repositories, Pipelines }: Service, words: readonly string[]): boolean {
  const searched = [Name, ...Repositories, ...Pipelines].join('\n').toLowerCase();
  return words.every((word) => searched.includes(word));
}
