/**
 * The view options, and their form in the address of the page, so that a link shows a colleague the same rows.
 * Defaults are not written to the address, and unknown values are ignored.
 */
import { type DeploymentState, deploymentStates } from '../../api/states.ts';
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';
import { type Sort, type SortColumn, sortColumns } from './sort.ts';

export interface ViewOptions {
  /** Every word must occur in the id, a payload, the owner, the source or the state, as displayed or in the API. */
  readonly text: string;
  /** Empty means all. */
  readonly states: readonly DeploymentState[];
  /** Empty means all. */
  readonly sources: readonly string[];
  readonly grouped: boolean;
  readonly sort: Sort;
}

export const defaultOptions: ViewOptions = {
  text: '',
  states: [],
  sources: [],
  grouped: false,
  sort: { column: 'start', descending: true },
};

/** Query parameters of the host page; an empty value removes one. */
export type AddressParameters = Readonly<Record<string, string>>;

const names = {
  text: 'deploymentText',
  states: 'deploymentState',
  sources: 'deploymentSource',
  grouped: 'deploymentGroups',
  sort: 'deploymentSort',
};

/** Whether any filter hides rows. Grouping and sorting do not. */
export function isFiltered(options: ViewOptions): boolean {
  return options.text.trim() !== '' || options.states.length > 0 || options.sources.length > 0;
}

/** The same options without filters. */
export function withoutFilters(options: ViewOptions): ViewOptions {
  return { ...defaultOptions, grouped: options.grouped, sort: options.sort };
}

/** The rows that match the filters, in the same order. */
export function filterRows(rows: readonly DeploymentRow[], options: ViewOptions): DeploymentRow[] {
  const words = options.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (options.states.length === 0 || options.states.includes(row.state)) &&
      (options.sources.length === 0 || options.sources.includes(row.source)) &&
      (words.length === 0 || hasAll(row, words)),
  );
}

function hasAll(row: DeploymentRow, words: readonly string[]): boolean {
  const searched = [
    row.id,
    row.owner,
    row.source,
    strings.sourceName(row.source),
    row.changeState,
    strings.stateName(row.state),
    ...row.payloads.map((payload) => payload.id),
  ]
    .join('\n')
    .toLowerCase();
  return words.every((word) => searched.includes(word));
}

/** Converts the options to query parameters. All names are present, so that old values are removed. */
export function toAddress(options: ViewOptions): AddressParameters {
  const { sort } = options;
  const isDefaultSort =
    sort.column === defaultOptions.sort.column && sort.descending === defaultOptions.sort.descending;
  return {
    [names.text]: options.text.trim(),
    [names.states]: options.states.join(','),
    [names.sources]: options.sources.join(','),
    [names.grouped]: options.grouped ? 'source' : '',
    [names.sort]: isDefaultSort ? '' : `${sort.descending ? '-' : ''}${sort.column}`,
  };
}

/** Reads the options from query parameters, which anybody may have edited. */
export function fromAddress(parameters: AddressParameters): ViewOptions {
  const value = (name: string) => parameters[name] ?? '';
  return {
    text: value(names.text),
    states: list(value(names.states)).filter(isState),
    sources: list(value(names.sources)).map((source) => source.toLowerCase()),
    grouped: value(names.grouped) === 'source',
    sort: readSort(value(names.sort)),
  };
}

function readSort(text: string): Sort {
  const column = text.replace(/^-/, '');
  return isSortColumn(column) ? { column, descending: text.startsWith('-') } : defaultOptions.sort;
}

const list = (text: string) => text.split(',').filter(Boolean);
const isState = (word: string): word is DeploymentState => deploymentStates.some((state) => state === word);
const isSortColumn = (word: string): word is SortColumn => sortColumns.some((column) => column === word);
