/** Says beside the binder's complaint about a name what was probably meant, from what exists where the name stands. */
import type { Catalog } from '../catalog.ts';
import { LISTED } from '../errors.ts';
import { aggregateNames, operatorNames, scalarNames } from '../functions/function-table.ts';
import { didYouMean } from '../nearest-name.ts';
import type { RemoteSchema } from '../remote/schema.ts';
import { items, type RawCode, type RawDiagnostic } from './language.ts';

/** By the binder's codes: https://github.com/microsoft/Kusto-Query-Language, Diagnostics.cs. */
const UNKNOWN_OPERATOR = 'KS176';
const UNKNOWN_FUNCTION = 'KS211';
const UNKNOWN_TABLES: ReadonlySet<string> = new Set(['KS204', 'KS210']);
const UNKNOWN_COLUMN = 'KS109';
const UNKNOWN_NAME = 'KS142';
const EXPECTED = 'KS005';

/** What a query may name besides what its catalogue and its own text have. */
export interface KnownWords {
  readonly operators: readonly string[];
  /** The same operators, and those that begin a query, as the parser calls them. */
  readonly operatorKinds: ReadonlySet<string>;
  /** Functions that are planned by themselves. */
  readonly calls: readonly string[];
}

/** The words, and the databases of other clusters that are read. */
interface Known extends KnownWords {
  readonly elsewhere: readonly RemoteSchema[];
}

/** Whether a name stands behind `.database('…')`, by itself or as the argument of `table()` and the like. */
function isElsewhere(text: string, position: number): boolean {
  return /\)\s{0,20}\.\s{0,20}(?:\w{1,20}\s{0,20}\(\s{0,20})?$/.test(
    text.slice(Math.max(0, position - 100), position),
  );
}

/** A sentence to put behind the message of a query's first error; empty if there is nothing to say. */
export function adviceOn(
  error: RawDiagnostic,
  code: RawCode,
  text: string,
  catalog: Catalog,
  words: Known,
): string {
  const written = wordAt(text, error.Start);
  const isFirstOfPipe = /\|\s*$/.test(text.slice(Math.max(0, written.start - 100), written.start));
  if (error.Code === UNKNOWN_OPERATOR || (error.Code === UNKNOWN_NAME && isFirstOfPipe)) {
    return didYouMean(written.text, words.operators) || ` ${LISTED}`;
  }
  if (error.Code === UNKNOWN_FUNCTION) {
    const names = [
      ...scalarNames(),
      ...aggregateNames(),
      ...words.calls,
      ...functionsIn(catalog),
      ...lets(code),
    ];
    return didYouMean(nameIn(error, text), names) || ` ${LISTED}`;
  }
  if (UNKNOWN_TABLES.has(error.Code) && isElsewhere(text, error.Start)) {
    const names = words.elsewhere.flatMap(({ entities }) => entities.map(({ name }) => name));
    return didYouMean(nameIn(error, text), names);
  }
  if (UNKNOWN_TABLES.has(error.Code)) {
    return didYouMean(nameIn(error, text), [...catalog.entities.keys(), ...lets(code)]);
  }
  if (error.Code === UNKNOWN_NAME || error.Code === UNKNOWN_COLUMN) {
    const columns = code.GetColumnsInScope(error.Start)?.Columns;
    const names = columns ? items(columns).map(({ Name }) => Name) : [];
    const others = error.Code === UNKNOWN_NAME ? [...lets(code), ...catalog.entities.keys()] : [];
    return didYouMean(nameIn(error, text), [...names, ...others]);
  }
  return adviceOnWords(code, text);
}

/** A mistyped operator between two values, or a word that one of a list should be, is a complaint further on. */
function adviceOnWords(code: RawCode, text: string): string {
  for (const { Code, Message, Start } of items(code.GetDiagnostics())) {
    if (Code !== EXPECTED) continue;
    const [, listed] = /^Expected one of: (.*)$/.exec(Message) ?? [];
    const advice = didYouMean(wordAt(text, Start).text, listed?.split(', ') ?? operatorNames());
    if (advice !== '') return advice;
  }
  return '';
}

/** The name that is complained about, without quotes. */
function nameIn({ Start, Length }: RawDiagnostic, text: string): string {
  return /^[\s['"]*([^'"\]]*)/.exec(text.slice(Start, Start + Length))?.[1]?.trim() ?? '';
}

/** The word around a position, with its hyphens, and where it starts. */
function wordAt(text: string, position: number): { readonly text: string; readonly start: number } {
  const before = /[\w-]{0,100}$/.exec(text.slice(Math.max(0, position - 100), position))?.[0] ?? '';
  const after = /^!?[\w~-]{0,100}/.exec(text.slice(position, position + 100))?.[0] ?? '';
  return { text: before + after, start: position - before.length };
}

/** Variables and functions of the query itself, wherever it declares them. */
function lets(code: RawCode): string[] {
  const names: string[] = [];
  const text = code.Syntax.ToString(0);
  for (const [, name] of text.matchAll(/\blet\s+(\w+)\s*=/g)) if (name) names.push(name);
  return names;
}

function functionsIn({ functions }: Catalog): string[] {
  return functions.map(({ name }) => name);
}
