/**
 * What the hub shows, and its form in the address of the page, so that a link shows a colleague the same. Defaults are
 * not written to the address, and values that make no sense are ignored.
 */
import { type DeploymentState, deploymentStates } from '../../api/states.ts';

export const pivots = ['environments', 'changes', 'compare', 'measures', 'settings'] as const;
export type Pivot = (typeof pivots)[number];

export const groupings = ['none', 'repository', 'prefix'] as const;
export type Grouping = (typeof groupings)[number];

/** What a single text in the Changes view is looked for in. */
export const changeFields = ['commit', 'imageTag', 'buildId', 'deploymentId', 'author'] as const;
export type ChangeField = (typeof changeFields)[number];

export interface CellKey {
  readonly service: string;
  readonly environment: string;
}

export interface HubOptions {
  readonly pivot: Pivot;
  /** The time to show (ISO 8601, UTC); empty for now. */
  readonly at: string;
  /** Every word must occur in the name of the service, of a repository or of a pipeline. */
  readonly text: string;
  /** Services with something in one of these states; empty means all. */
  readonly states: readonly DeploymentState[];
  readonly grouping: Grouping;
  /** Environments in the order that the user gave them; those that are not named follow. */
  readonly columns: readonly string[];
  readonly hidden: readonly string[];
  /** The cell whose details are open. */
  readonly cell: CellKey | undefined;
  /** Filters of Changes and Measures; empty means all. */
  readonly service: string;
  readonly environment: string;
  readonly changeStates: readonly DeploymentState[];
  readonly field: ChangeField;
  readonly find: string;
  /** First and last day (UTC, such as `2026-11-27`); empty for no limit. */
  readonly from: string;
  readonly to: string;
  /** The measure whose deployments are listed; empty for all deployments. */
  readonly measure: string;
  /** The change whose chain is open: its commit. */
  readonly commit: string;
  /** The environments that are compared; empty for the last two. */
  readonly left: string;
  readonly right: string;
  readonly onlyDifferences: boolean;
}

export const defaultOptions: HubOptions = {
  pivot: 'environments',
  at: '',
  text: '',
  states: [],
  grouping: 'none',
  columns: [],
  hidden: [],
  cell: undefined,
  service: '',
  environment: '',
  changeStates: [],
  field: 'commit',
  find: '',
  from: '',
  to: '',
  measure: '',
  commit: '',
  left: '',
  right: '',
  onlyDifferences: false,
};

/** Whether a filter hides rows of the matrix. Grouping and columns do not count. */
export function isFilteredMatrix({ text, states }: HubOptions): boolean {
  return text.trim() !== '' || states.length > 0;
}

/** The change that shows all rows of the matrix. */
export const withoutMatrixFilters: Partial<HubOptions> = { text: '', states: [] };

/** Query parameters of the host page; an empty value removes one. */
export type AddressParameters = Readonly<Record<string, string>>;

/** Converts the options to query parameters. All names are present, so that old values are removed. */
export function toAddress(options: HubOptions): AddressParameters {
  return {
    pivot: unless(options.pivot, defaultOptions.pivot),
    at: options.at,
    services: options.text.trim(),
    states: options.states.join(','),
    group: unless(options.grouping, defaultOptions.grouping),
    columns: joined(options.columns),
    hidden: joined(options.hidden),
    cell: options.cell ? joined([options.cell.service, options.cell.environment]) : '',
    ofService: options.service,
    ofEnvironment: options.environment,
    changeState: options.changeStates.join(','),
    findIn: unless(options.field, defaultOptions.field),
    find: options.find.trim(),
    from: options.from,
    to: options.to,
    measure: options.measure,
    commit: options.commit,
    left: options.left,
    right: options.right,
    differences: options.onlyDifferences ? 'only' : '',
  };
}

/** Reads the options from query parameters, which anybody may have edited. */
export function fromAddress(parameters: AddressParameters): HubOptions {
  const value = (name: string) => (parameters[name] ?? '').slice(0, longestValue);
  const [service = '', environment = ''] = split(value('cell'));
  return {
    pivot: oneOf(pivots, value('pivot')) ?? defaultOptions.pivot,
    at: instantOr(value('at')),
    text: value('services'),
    states: value('states').split(',').filter(isState),
    grouping: oneOf(groupings, value('group')) ?? defaultOptions.grouping,
    columns: split(value('columns')),
    hidden: split(value('hidden')),
    cell: service && environment ? { service, environment } : undefined,
    service: value('ofService'),
    environment: value('ofEnvironment'),
    changeStates: value('changeState').split(',').filter(isState),
    field: oneOf(changeFields, value('findIn')) ?? defaultOptions.field,
    find: value('find'),
    from: dayOr(value('from')),
    to: dayOr(value('to')),
    measure: value('measure'),
    commit: value('commit'),
    left: value('left'),
    right: value('right'),
    onlyDifferences: value('differences') === 'only',
  };
}

const longestValue = 4_000;

const unless = (value: string, usual: string) => (value === usual ? '' : value);
const isState = (word: string): word is DeploymentState => deploymentStates.some((state) => state === word);

function oneOf<T extends string>(words: readonly T[], word: string): T | undefined {
  return words.find((known) => known === word);
}

/** Names may hold commas, and then a backslash stands before them. */
function joined(names: readonly string[]): string {
  return names.map((name) => name.replace(/[\\,]/g, '\\$&')).join(',');
}

function split(text: string): string[] {
  const names = [...text.matchAll(/(?:\\.|[^\\,])+/gs)].map(([name]) => name.replace(/\\(.)/gs, '$1'));
  return names.filter(Boolean);
}

function instantOr(text: string): string {
  const instant = Date.parse(text);
  return /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(instant) ? new Date(instant).toISOString() : '';
}

function dayOr(text: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
}
