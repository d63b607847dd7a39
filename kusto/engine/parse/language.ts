/**
 * Microsoft's Kusto parser and binder, loaded when first needed (0.3 s, 50 MB). It is C# compiled to
 * JavaScript: it adds the globals `Bridge`, `System` and `Kusto`, and reads .NET-like. Only this folder
 * knows; the types below are the small part of its surface that is used.
 */
import { createRequire } from 'node:module';

interface RawList<T> {
  readonly Count: number;
  getItem(index: number): T;
}

export interface RawColumn {
  readonly Name: string;
  readonly Type: RawSymbol;
}

export interface RawSymbol {
  readonly Name: string;
  /** Present on tabular types. */
  readonly Columns?: RawList<RawColumn> | null;
}

/** A node or token of the syntax tree; parts are properties named as in the C# classes. */
export interface RawNode {
  readonly Kind: number;
  readonly IsToken: boolean;
  readonly IsMissing: boolean;
  readonly ChildCount: number;
  readonly TextStart: number;
  readonly End: number;
  readonly Width: number;
  readonly Text?: string;
  readonly ValueText?: string;
  readonly ResultType?: RawSymbol | null;
  readonly ReferencedSymbol?: RawSymbol | null;
  readonly LiteralValue?: unknown;
  readonly Root: RawNode;
  GetChild(index: number): RawNode | null;
  GetCalledFunctionBody?(): RawNode | null;
  /** 0: with all blanks and comments, 1: without those around it. */
  ToString(includeTrivia: number): string;
}

export interface RawDiagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Message: string;
  readonly HasLocation: boolean;
  readonly Start: number;
  readonly Length: number;
}

export interface RawCode {
  readonly Syntax: RawNode;
  GetDiagnostics(): RawList<RawDiagnostic>;
  /** A type with the columns that may be named at a position. */
  GetColumnsInScope(position: number): RawSymbol | null;
}

/** The binder's picture of clusters and databases. */
export interface RawGlobals {
  WithClusterList(clusters: readonly object[]): RawGlobals;
  WithCluster(cluster: object): RawGlobals;
  WithDatabase(database: object): RawGlobals;
  WithCache(): RawGlobals;
}

interface RawFunction {
  readonly Signatures: RawList<{ _returnType: RawSymbol | null }>;
}

interface Library {
  readonly Functions: Readonly<Record<string, RawFunction | undefined>>;
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: RawGlobals): RawCode };
  readonly GlobalState: { readonly Default: RawGlobals };
  readonly Syntax: { readonly SyntaxKind: Readonly<Record<string, unknown>> };
  readonly Symbols: {
    readonly ScalarTypes: { readonly Long: RawSymbol };
    readonly TableSymbol: { $ctor7: new (name: string, schema: string, doc: string | null) => object };
    readonly MaterializedViewSymbol: {
      $ctor3: new (name: string, schema: string, query: string, doc: string | null) => object;
    };
    readonly FunctionSymbol: {
      $ctor16: new (name: string, parameters: string, body: string, doc: string | null) => object;
    };
    readonly DatabaseSymbol: { ctor: new (name: string, members: readonly object[]) => object };
    readonly ClusterSymbol: { ctor: new (name: string, databases: readonly object[]) => object };
  };
}

interface BridgeGlobals {
  readonly Kusto: { readonly Language: Library };
  readonly Bridge: { getTypeName(value: object): string };
}

let loaded: Language | undefined;

/** The library, with what its enums and classes are called. */
export interface Language extends Library {
  /** The name of a syntax kind, such as `FilterOperator`. */
  kindName(kind: number): string;
  /** The class of a symbol without its namespace, such as `ColumnSymbol`. */
  symbolClass(symbol: RawSymbol): string;
}

/** Loads the library, once. */
export function language(): Language {
  loaded ??= load();
  return loaded;
}

function load(): Language {
  if (!('Kusto' in globalThis)) {
    const require = createRequire(import.meta.url);
    require('@kusto/language-service-next/bridge.min.js');
    require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  }
  const { Kusto, Bridge } = globalThis as unknown as BridgeGlobals;
  const library = Kusto.Language;
  correctTypes(library);
  const kinds = new Map<number, string>();
  for (const [name, value] of Object.entries(library.Syntax.SyntaxKind)) {
    if (typeof value === 'number' && !name.startsWith('$')) kinds.set(value, name);
  }
  return {
    Functions: library.Functions,
    KustoCode: library.KustoCode,
    GlobalState: library.GlobalState,
    Syntax: library.Syntax,
    Symbols: library.Symbols,
    kindName: (kind) => kinds.get(kind) ?? `syntax ${kind}`,
    symbolClass: (symbol) => Bridge.getTypeName(symbol).replace(/^.*\./, ''),
  };
}

/** Parts of a time: the binder has them as int, while Kusto's emulator answers with long (build of August 2026). */
const TIME_PARTS = [
  'GetYear',
  'GetMonth',
  'MonthOfYear',
  'DayOfMonth',
  'DayOfYear',
  'WeekOfYear',
  'WeekOfYearISO',
  'HourOfDay',
  'DatetimePart',
];

function correctTypes({ Functions, Symbols }: Library): void {
  for (const name of TIME_PARTS) {
    const signatures = Functions[name]?.Signatures;
    if (!signatures) throw new Error(`The binder has no function ${name}`);
    for (const signature of items(signatures)) signature._returnType = Symbols.ScalarTypes.Long;
  }
}

/** The items of one of the library's lists. */
export function items<T>(list: RawList<T>): T[] {
  return Array.from({ length: list.Count }, (_, index) => list.getItem(index));
}
