/** How much of the language the engine supports, counted against the lists in Microsoft's parser. */
import { policyWords } from '../kusto/engine/commands/policies.ts';
import { supportedCommands } from '../kusto/engine/commands/run.ts';
import { aggregateNames, operatorNames, scalarNames } from '../kusto/engine/functions/function-table.ts';
import { language } from '../kusto/engine/parse/language.ts';
import { SPECIAL_CALLS } from '../kusto/engine/plan/calls.ts';
import { PLUGINS } from '../kusto/engine/plan/evaluate.ts';
import { PIPE_OPERATORS } from '../kusto/engine/plan/pipe-operators.ts';
import { ROW_AGGREGATES } from '../kusto/engine/plan/summarize.ts';

/** A kind of thing: how many of those that the parser lists are supported. */
export interface Share {
  readonly of: string;
  readonly known: number;
  readonly listed: number;
}

interface Listed {
  readonly Name: string;
  readonly IsHidden?: boolean;
  readonly IsObsolete?: boolean;
  readonly Signatures?: object;
}

type Lists = Readonly<
  Record<'Functions' | 'Aggregates' | 'PlugIns' | 'Operators' | 'EngineCommands', object>
> & {
  readonly KustoFacts: { readonly PostPipeOperatorKinds: readonly number[] };
};

/** The shares, in the order of the page. */
export function shares(): Share[] {
  const { kindName } = language();
  const lists = (globalThis as unknown as { Kusto: { Language: Lists } }).Kusto.Language;
  const pipes = lists.KustoFacts.PostPipeOperatorKinds.map(kindName);
  return [
    share('tabular operators', pipes, Object.keys(PIPE_OPERATORS)),
    share('scalar operators', namesIn(lists.Operators), scalarOperators()),
    share('scalar functions', namesIn(lists.Functions), [...scalarNames(), ...SPECIAL_CALLS]),
    share('aggregate functions', namesIn(lists.Aggregates), [
      ...aggregateNames(),
      ...ROW_AGGREGATES.map(({ name }) => name),
    ]),
    share('plugins of `evaluate`', namesIn(lists.PlugIns, true), PLUGINS),
    share('management commands', namesIn(lists.EngineCommands).map(plain), commandNames()),
  ];
}

function share(of: string, listed: readonly string[], supported: Iterable<string>): Share {
  const known = new Set(supported);
  return { of, listed: listed.length, known: listed.filter((name) => known.has(name)).length };
}

/** The names in one of the parser's lists, which are members of a class. */
function namesIn(list: object, areFunctions = false): string[] {
  const members: readonly unknown[] = Object.values(list);
  const found = members
    .filter(isListed)
    .filter(({ Signatures }) => !areFunctions || Signatures !== undefined);
  return [...new Set(found.map(({ Name }) => Name))].filter((name) => !name.startsWith('__'));
}

function isListed(value: unknown): value is Listed {
  if (typeof value !== 'object' || value === null || !('Name' in value)) return false;
  const { Name, IsHidden, IsObsolete } = value as Listed;
  return typeof Name === 'string' && IsHidden !== true && IsObsolete !== true;
}

/** The parser's names of operators, by how they are written. */
const OPERATOR_NAMES: Readonly<Record<string, readonly string[]>> = {
  and: ['And'],
  or: ['Or'],
  '+': ['Add', 'UnaryPlus'],
  '-': ['Subtract', 'UnaryMinus'],
  '*': ['Multiply'],
  '/': ['Divide'],
  '%': ['Modulo'],
  '<': ['LessThan'],
  '<=': ['LessThanOrEqual'],
  '>': ['GreaterThan'],
  '>=': ['GreaterThanOrEqual'],
  '==': ['Equal'],
  '!=': ['NotEqual'],
  '=~': ['EqualTilde'],
  '!~': ['BangTilde'],
  'matches regex': ['MatchRegex'],
  in: ['InCs'],
  'in~': ['In'],
  '!in': ['NotInCs'],
  '!in~': ['NotIn'],
};

function scalarOperators(): string[] {
  return [...operatorNames()].flatMap((token) => OPERATOR_NAMES[token] ?? [camelCase(token)]);
}

/** `!contains_cs` is `NotContainsCs`. */
function camelCase(token: string): string {
  const written = token.startsWith('!') ? `not_${token.slice(1)}` : token;
  const spelled = written.replace('startswith', 'starts_with').replace('endswith', 'ends_with');
  const parts = spelled.replace('hasprefix', 'has_prefix').replace('hassuffix', 'has_suffix').split('_');
  return parts.map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`).join('');
}

/** Forms of commands that differ by words further on, as the parser calls them. */
const FURTHER_FORMS = [
  ...['ShowTablesDetails', 'ShowTableDetails', 'ShowTableCslSchema', 'ShowTableSchemaAsJson'],
  ...['ShowDatabaseIdentity', 'ShowDatabaseSchema', 'ShowDatabaseSchemaAsJson', 'ShowDatabaseCslSchema'],
  ...['ShowDatabaseSchemaAsCslScript', 'ShowDatabasesSchema', 'ShowDatabasesSchemaAsJson'],
  ...['ShowClusterDatabases', 'ShowDatabasesEntities', 'ClearTableData', 'DeleteTableRecords'],
  ...['ShowMaterializedViewsDetails', 'ShowMaterializedViewDetails', 'ShowMaterializedViewCslSchema'],
  ...['ClearMaterializedViewData', 'SetTable', 'AppendTable', 'SetOrAppendTable', 'SetOrReplaceTable'],
];

function commandNames(): string[] {
  return [
    ...FURTHER_FORMS.map(plain),
    ...supportedCommands.flatMap(({ words, about }) => {
      if (about === undefined) return [plain(words)];
      if (about === 'policy') return policyWords.map((policy) => plain(`${words} policy ${policy}`));
      return ['mapping', 'mappings'].map((form) => plain(`${words} ingestion ${form}`));
    }),
  ];
}

/** Letters alone, in lower case: the parser's `CreateMergeTable` is our `create-merge table`. */
function plain(name: string): string {
  return name.replace(/[^A-Za-z]/g, '').toLowerCase();
}
