/**
 * Binds KQL against a catalogue: names, types and result columns, with the binder's complaints turned
 * into `KqlError`. The binder's picture of a catalogue is built once per snapshot.
 */
import type { Catalog, Column, Entity, FunctionParameter } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import { items, language, type RawGlobals } from './language.ts';
import { positionIn, type Source, Syntax } from './syntax.ts';

const pictures = new WeakMap<Catalog, RawGlobals>();
/** Entities are immutable and pass from one snapshot to the next, and so do their symbols. */
const symbols = new WeakMap<Entity, object>();

/**
 * Parses and binds a query.
 *
 * @param source the text; its `addedLines` are not counted in error positions
 * @returns the query block
 * @throws KqlError for the first error that the parser or the binder reports
 */
export function bind(catalog: Catalog, source: Source): Syntax {
  const code = language().KustoCode.ParseAndAnalyze(source.text, picture(catalog));
  const error = items(code.GetDiagnostics()).find(({ Severity }) => Severity === 'Error');
  if (error) {
    const position = error.HasLocation ? positionIn(source, error.Start) : undefined;
    throw new KqlError(`${error.Code}: ${error.Message}`, { position });
  }
  return new Syntax(code.Syntax, source);
}

/** `(name:type, ...)`, as it is written after a table's or function's name. */
export function parameterList(parameters: readonly (Column | FunctionParameter)[]): string {
  const written = parameters.map((parameter) => {
    const fallback =
      'defaultValue' in parameter && parameter.defaultValue ? `=${parameter.defaultValue}` : '';
    return `['${parameter.name.replace(/[\\']/g, '\\$&')}']:${parameter.type}${fallback}`;
  });
  return `(${written.join(', ')})`;
}

function picture(catalog: Catalog): RawGlobals {
  let globals = pictures.get(catalog);
  if (!globals) {
    const { Symbols, GlobalState } = language();
    const database = new Symbols.DatabaseSymbol.ctor(
      catalog.database,
      [...catalog.entities.values()].map(symbolOf),
    );
    const cluster = new Symbols.ClusterSymbol.ctor('embedded', [database]);
    globals = GlobalState.Default.WithClusterList([cluster]).WithCluster(cluster).WithDatabase(database);
    pictures.set(catalog, globals);
  }
  return globals;
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
