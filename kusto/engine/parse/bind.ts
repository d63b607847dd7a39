/**
 * Binds KQL against a catalogue: names, types and result columns, with the binder's complaints turned
 * into `KqlError`. The binder's picture of a catalogue is built once per snapshot.
 */
import { type Catalog, type Column, type Entity, type FunctionParameter, takesTable } from '../catalog.ts';
import { KqlError, LISTED } from '../errors.ts';
import { originOf } from '../remote/allowed-clusters.ts';
import { remoteReferences } from '../remote/references.ts';
import type { RemoteSchema } from '../remote/schema.ts';
import { adviceOn, type KnownWords } from './advice.ts';
import { items, language, type RawCode, type RawDiagnostic, type RawGlobals } from './language.ts';
import { positionIn, type Source, Syntax } from './syntax.ts';

/** By the keys of the other clusters' schemas. */
const pictures = new WeakMap<Catalog, Map<string, RawGlobals>>();
/** Entities are immutable and pass from one snapshot to the next, and so do their symbols. */
const symbols = new WeakMap<Entity, object>();

/**
 * Parses and binds a query.
 *
 * @param source the text; its `addedLines` are not counted in error positions
 * @param remotes databases of other clusters that it may read
 * @param words what the engine itself knows, for advice on a mistyped name
 * @returns the query block
 * @throws KqlError for the first error that the parser or the binder reports
 */
export function bind(
  catalog: Catalog,
  source: Source,
  remotes: readonly RemoteSchema[],
  words: KnownWords,
): Syntax {
  const { block, error } = boundAnyway(catalog, source, remotes, words);
  if (error) throw error;
  return block;
}

/** The same, with the error beside the block, which then is not bound in all of its parts. */
export function boundAnyway(
  catalog: Catalog,
  source: Source,
  remotes: readonly RemoteSchema[],
  words: KnownWords,
): { readonly block: Syntax; readonly error?: KqlError } {
  const code = analyzed(source.text, picture(catalog, remotes));
  const block = new Syntax(code.Syntax, source);
  const error = items(code.GetDiagnostics()).find(
    (diagnostic) => diagnostic.Severity === 'Error' && !isRight(diagnostic, source.text),
  );
  if (!error) return { block };
  refuseUnreadable(catalog, source, remotes);
  if (error.HasLocation) refuseOperatorBefore(error, block, words);
  const position = error.HasLocation ? positionIn(source, error.Start) : undefined;
  const advice = adviceOn(error, code, source.text, catalog, { ...words, elsewhere: remotes });
  const sentence = advice === ` ${LISTED}` ? error.Message.replace(/\.$/, '') : error.Message;
  return { block, error: new KqlError(`${error.Code}: ${sentence}${advice}`, { position }) };
}

/** Of what stands in or behind an operator that is not supported the binder may complain for that reason alone. */
function refuseOperatorBefore({ Start }: RawDiagnostic, block: Syntax, { operatorKinds }: KnownWords): void {
  const unknown = block.firstBefore(
    Start + 1,
    ({ kind }) => /^(?!Bad).*Operator$/.test(kind) && !operatorKinds.has(kind),
  );
  unknown?.refuseUnsupported(`The operator '${unknown.text.split(/[\s(]/)[0]}' is not supported`);
}

/** What the binder complains about, and the language takes. */
function isRight(diagnostic: RawDiagnostic, text: string): boolean {
  return isOfUnpacking(diagnostic, text) || isOfSeconds(diagnostic, text);
}

/** The binder wants whole seconds: https://learn.microsoft.com/kusto/query/make-timespan-function */
function isOfSeconds({ Code, Start, Length }: RawDiagnostic, text: string): boolean {
  const before = text.slice(Math.max(0, Start - LONGEST_NAMED), Start);
  const isLast = /^\s*\)/.test(text.slice(Start + Length, Start + Length + LONGEST_NAMED));
  return (
    Code === 'KS134' &&
    isLast &&
    /^\d+\.\d+$/.test(text.slice(Start, Start + Length)) &&
    /\bmake_(?:timespan|datetime)\s*\((?:[^;|(),]*,){2,5}\s*$/.test(before)
  );
}

/** The binder knows two arguments of `bag_unpack`, and takes the fourth for the second where it has a name. */
function isOfUnpacking({ Code, Start, Length }: RawDiagnostic, text: string): boolean {
  if (Code === 'KS119') return text.slice(Start, Start + Length) === 'bag_unpack';
  const before = text.slice(Math.max(0, Start - LONGEST_NAMED), Start);
  return Code === 'KS107' && /\bbag_unpack\s*\([^;|]*\bignoredProperties\s*=\s*$/.test(before);
}

const LONGEST_NAMED = 300;

/** Some wrong calls, and very deep nesting, make the binder itself fail. */
function analyzed(text: string, globals: RawGlobals): RawCode {
  try {
    return language().KustoCode.ParseAndAnalyze(text, globals);
  } catch {
    throw new KqlError('The query cannot be analyzed: a call in it is wrong, or it is nested too deeply');
  }
}

/** Why `cluster('…').database('…')`, or another database, cannot be read. */
export function notReadable(written: string): string {
  return `'${written}': other clusters and databases are not supported ${LISTED}`;
}

/** Of another cluster the binder complains that it knows nothing of it; that it may not be read says more. */
function refuseUnreadable(catalog: Catalog, source: Source, remotes: readonly RemoteSchema[]): void {
  const isKnown = (cluster: string): boolean =>
    remotes.some((remote) => remote.cluster === originOf(cluster));
  const found = remoteReferences(catalog, source.text).find(({ cluster }) => !isKnown(cluster));
  if (!found) return;
  const { functionName = source.functionName, text, offset, written } = found;
  const within = text === source.text ? source : { text };
  throw new KqlError(notReadable(written), { position: positionIn(within, offset), functionName });
}

/** `(name:type, ...)`, as it is written after a table's or function's name. */
export function parameterList(parameters: readonly (Column | FunctionParameter)[]): string {
  const written = parameters.map((parameter) => {
    const name = `['${parameter.name.replace(/[\\']/g, '\\$&')}']`;
    if (takesTable(parameter))
      return `${name}:${parameter.columns ? parameterList(parameter.columns) : '(*)'}`;
    const fallback =
      'defaultValue' in parameter && parameter.defaultValue ? `=${parameter.defaultValue}` : '';
    return `${name}:${parameter.type}${fallback}`;
  });
  return `(${written.join(', ')})`;
}

function picture(catalog: Catalog, remotes: readonly RemoteSchema[]): RawGlobals {
  const own = pictures.get(catalog) ?? new Map<string, RawGlobals>();
  pictures.set(catalog, own);
  const key = remotes.map((remote) => remote.key).join();
  let globals = own.get(key);
  if (!globals) {
    const { Symbols, GlobalState } = language();
    const database = new Symbols.DatabaseSymbol.ctor(
      catalog.database,
      [...catalog.entities.values()].map(symbolOf),
    );
    const cluster = new Symbols.ClusterSymbol.ctor('embedded', [database]);
    const clusters = [cluster, ...remoteClusters(remotes)];
    // Without a cache of its own, the binder would bind what stored functions call again for each text.
    globals = GlobalState.Default.WithClusterList(clusters)
      .WithCluster(cluster)
      .WithDatabase(database)
      .WithCache();
    // An old schema does not come back.
    if (own.size >= MOST_PICTURES) own.clear();
    own.set(key, globals);
  }
  return globals;
}

const MOST_PICTURES = 8;

/** The binder knows a cluster by its host alone, so engines on one host are one cluster to it. */
function remoteClusters(remotes: readonly RemoteSchema[]): object[] {
  const { Symbols } = language();
  const hosts = new Set(remotes.map(({ cluster }) => new URL(cluster).hostname));
  return [...hosts].map((host) => {
    const schemas = remotes.filter(({ cluster }) => new URL(cluster).hostname === host);
    const names = schemas.map(({ database }) => database.toLowerCase());
    const twice = schemas.find(({ database }, at) => names.indexOf(database.toLowerCase()) !== at);
    if (twice) {
      throw new KqlError(
        `Database '${twice.database}' of several clusters at ${host} in one query is not supported: the names have to differ`,
      );
    }
    const databases = schemas.map(
      ({ database, entities }) => new Symbols.DatabaseSymbol.ctor(database, entities.map(symbolOf)),
    );
    return new Symbols.ClusterSymbol.ctor(host, databases);
  });
}

function symbolOf(entity: Entity): object {
  let symbol = symbols.get(entity);
  if (!symbol) {
    symbol = newSymbol(entity);
    symbols.set(entity, symbol);
  }
  return symbol;
}

function newSymbol(entity: Entity): object {
  const { Symbols } = language();
  switch (entity.kind) {
    case 'table':
      return new Symbols.TableSymbol.$ctor7(entity.name, parameterList(entity.columns), entity.docString);
    case 'view':
      return new Symbols.MaterializedViewSymbol.$ctor3(
        entity.name,
        parameterList(entity.columns),
        entity.query,
        entity.docString,
      );
    case 'function':
      return new Symbols.FunctionSymbol.$ctor16(
        entity.name,
        parameterList(entity.parameters),
        `{${entity.body}\n}`,
        entity.docString,
      );
  }
}
