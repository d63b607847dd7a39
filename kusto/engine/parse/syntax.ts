/**
 * A node of the bound syntax tree, as the planner sees it: its parts by name, its type, what its name
 * refers to, and where it stands. Parts are named as in Microsoft's syntax classes
 * (https://github.com/microsoft/Kusto-Query-Language, Syntax/Nodes).
 */
import { type Column, isScalarType, type ScalarType } from '../catalog.ts';
import { KqlError, LISTED, type Position, positionAt } from '../errors.ts';
import { items, language, type RawNode, type RawSymbol } from './language.ts';

/** The kinds of things that a name can refer to. */
export type SymbolKind = 'column' | 'table' | 'view' | 'function' | 'variable' | 'none';

/** The text that a tree was parsed from. */
export interface Source {
  readonly text: string;
  /** The function whose body it is; undefined for the query itself. */
  readonly functionName?: string;
  /** How many lines before the first of the caller's own were put there by the engine. */
  readonly addedLines?: number;
}

const SYMBOL_KINDS: Readonly<Record<string, SymbolKind>> = {
  ColumnSymbol: 'column',
  TableSymbol: 'table',
  MaterializedViewSymbol: 'view',
  FunctionSymbol: 'function',
  VariableSymbol: 'variable',
  ParameterSymbol: 'variable',
};

export class Syntax {
  readonly kind: string;
  readonly source: Source;
  readonly #raw: RawNode;

  constructor(raw: RawNode, source: Source) {
    this.kind = language().kindName(raw.Kind);
    this.source = source;
    this.#raw = raw;
  }

  /** The part called `name`, if it was written. */
  optional(name: string): Syntax | undefined {
    const part: unknown = Reflect.get(this.#raw, name);
    return isNode(part) && part.Width > 0 ? new Syntax(part, this.source) : undefined;
  }

  /** The part called `name`. */
  part(name: string): Syntax {
    return this.optional(name) ?? this.refuse(`Incomplete ${this.kind}: ${name} is missing`);
  }

  /** The elements of the list called `name`; none if it was not written. */
  parts(name: string): Syntax[] {
    const list: unknown = Reflect.get(this.#raw, name);
    if (!isNode(list)) return [];
    return children(list).map((child) => {
      const separated = language().kindName(child.Kind) === 'SeparatedElement';
      return new Syntax((separated && child.GetChild(0)) || child, this.source);
    });
  }

  /** All parts, in their order. */
  get children(): Syntax[] {
    return children(this.#raw).map((child) => new Syntax(child, this.source));
  }

  /** The first node below this one, of those that begin before `end`, for which `wanted` holds. A tree may be very deep. */
  firstBefore(end: number, wanted: (node: Syntax) => boolean): Syntax | undefined {
    const waiting: Syntax[] = [this];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if (node !== this && wanted(node)) return node;
      const { children } = node;
      for (let at = children.length - 1; at >= 0; at--) {
        const child = children[at];
        if (child && child.start < end) waiting.push(child);
      }
    }
    return undefined;
  }

  /** Where it begins in the text that it was parsed from. */
  get start(): number {
    return this.#raw.TextStart;
  }

  /** The value of `name=value` after an operator's keyword, such as `kind=inner`. */
  parameter(name: string): string | undefined {
    const found = this.parts('Parameters').find((written) => written.part('Name').name === name);
    return found?.part('Expression').name;
  }

  /** The source text, without surrounding blanks and comments. */
  get text(): string {
    return this.#raw.ToString(1).trim();
  }

  /** The name that a name node, declaration or token spells, without quotes and brackets. */
  get name(): string {
    const simple: unknown = Reflect.get(this.#raw, 'SimpleName');
    return typeof simple === 'string' ? simple : (this.#raw.ValueText ?? this.text);
  }

  /** The value of a literal, as the parser read it: for strings, booleans and long numbers. */
  get literalValue(): unknown {
    return this.#raw.LiteralValue;
  }

  /** The class of the thing that the name refers to. */
  get symbol(): SymbolKind {
    const symbol = this.#raw.ReferencedSymbol;
    return (symbol && SYMBOL_KINDS[language().symbolClass(symbol)]) ?? 'none';
  }

  /** The name of the thing that is referred to. */
  get symbolName(): string {
    return this.#raw.ReferencedSymbol?.Name ?? this.name;
  }

  get isTabular(): boolean {
    return Boolean(this.#raw.ResultType?.Columns);
  }

  /** The columns of a tabular expression or operator, named by the binder. */
  get columns(): Column[] {
    const columns = this.#raw.ResultType?.Columns;
    if (!columns) return [];
    return items(columns).map(({ Name, Type }) => ({ name: Name, type: this.#scalar(Type) }));
  }

  /** The type of a scalar expression. */
  get type(): ScalarType {
    const type = this.#raw.ResultType;
    return type ? this.#scalar(type) : 'dynamic';
  }

  /** The bound body of the function that is called here. */
  get calledBody(): Syntax | undefined {
    const body = this.#raw.GetCalledFunctionBody?.();
    if (!body) return undefined;
    const functionName = this.symbolName;
    return new Syntax(body, { text: body.Root.ToString(0), functionName });
  }

  /** Where it stands in the text that it was parsed from. */
  get position(): Position {
    return positionIn(this.source, this.#raw.TextStart);
  }

  /** Where it ends in the query's own text; undefined inside of a function. */
  get endInQuery(): number | undefined {
    const { functionName, addedLines } = this.source;
    return functionName === undefined && addedLines === undefined ? this.#raw.End : undefined;
  }

  /** Throws: this construct is not supported, and where those that are can be found. @param advice goes behind it */
  refuseUnsupported(message: string, advice = ''): never {
    return this.refuse(`${message} ${LISTED}${advice && `.${advice}`}`);
  }

  /** Throws: this construct is wrong. */
  refuse(message: string): never {
    const { functionName } = this.source;
    throw new KqlError(message, { position: this.position, functionName });
  }

  #scalar(type: RawSymbol): ScalarType {
    if (isScalarType(type.Name)) return type.Name;
    return 'dynamic';
  }
}

/** The caller's position of an offset in `source`. */
export function positionIn(source: Source, offset: number): Position {
  const { line, column } = positionAt(source.text, offset);
  return { line: Math.max(1, line - (source.addedLines ?? 0)), column };
}

function isNode(value: unknown): value is RawNode {
  return typeof value === 'object' && value !== null && 'ChildCount' in value;
}

function children(raw: RawNode): RawNode[] {
  return Array.from({ length: raw.ChildCount }, (_, index) => raw.GetChild(index)).filter(
    (node) => node !== null,
  );
}
