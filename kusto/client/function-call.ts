/**
 * Calls of the functions in `kusto/functions`. All KQL is in `.kql` files; TypeScript outside `kusto/` has only the
 * name of a function and its declared parameters.
 */
import type { KustoClient, QueryOptions, QueryParameters } from './client.ts';
import type { Row } from './rows.ts';

/**
 * The type of a declared parameter. `tableName` is a KQL string that the function passes to `table()`. Kusto needs a
 * constant there, so the name becomes part of the call.
 */
export type ParameterType = 'string' | 'long' | 'datetime' | 'dynamic' | 'tableName';

export type Parameters = Readonly<Record<string, ParameterType>>;

/** The TypeScript value of a parameter. A dynamic is any JSON value; the ids of many runs travel as one. */
interface ArgumentTypes {
  readonly string: string;
  readonly long: number;
  /** A text has all seven digits that Kusto keeps, such as `2024-01-02T14:09:36.7245944Z`. */
  readonly datetime: Date | string;
  readonly dynamic: object;
  readonly tableName: string;
}

/** A value for each parameter, by name. */
export type ArgumentsOf<Declared extends Parameters> = {
  readonly [Name in keyof Declared]: ArgumentTypes[Declared[Name]];
};

/** A query and its parameters, as `KustoClient.query` takes them. */
export interface FunctionCall {
  readonly text: string;
  readonly parameters: QueryParameters;
}

/** Reads nothing: any Kusto that is up answers it. */
export const ping: FunctionCall = { text: 'print 1', parameters: {} };

/** A function of the database, with the parameters of its `.kql` file in their order. */
export class KustoFunction<Declared extends Parameters> {
  readonly name: string;
  readonly declared: Declared;
  readonly #declaration: string;

  constructor(name: string, declared: Declared) {
    this.name = name;
    this.declared = declared;
    const typed = Object.entries(declared).filter(([, type]) => type !== 'tableName');
    const list = typed.map(([parameter, type]) => `${parameter}: ${type}`).join(', ');
    this.#declaration = typed.length > 0 ? `declare query_parameters(${list});\n` : '';
  }

  /**
   * The call with these values. Only table names change the text, so Kusto can reuse what it compiled.
   *
   * @throws TypeError for a value that its parameter cannot hold
   */
  call(values: ArgumentsOf<Declared>): FunctionCall {
    const parameters: Record<string, string> = {};
    const passed = Object.entries(this.declared).map(([parameter, type]) => {
      const value: unknown = values[parameter];
      if (type === 'tableName') return tableNameLiteral(this.name, parameter, value);
      parameters[parameter] = encode(this.name, parameter, type, value);
      return parameter;
    });
    return { text: `${this.#declaration}${this.name}(${passed.join(', ')})`, parameters };
  }
}

/** Calls a function and gives its rows. @throws KustoError */
export function callFunction<Declared extends Parameters>(
  kusto: KustoClient,
  fn: KustoFunction<Declared>,
  values: ArgumentsOf<Declared>,
  options: QueryOptions = {},
): Promise<Row[]> {
  const { text, parameters } = fn.call(values);
  return kusto.query(text, parameters, options);
}

/** Strings travel as they are where they cannot be taken for a literal, values of other types as KQL literals. */
function encode(fn: string, parameter: string, type: ParameterType, value: unknown): string {
  switch (type) {
    case 'long':
      if (!Number.isSafeInteger(value)) break;
      return `long(${value})`;
    case 'datetime':
      if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/.test(value))
        return `datetime(${value})`;
      if (!(value instanceof Date) || Number.isNaN(value.getTime())) break;
      return `datetime(${value.toISOString()})`;
    case 'dynamic':
      if (typeof value !== 'object' || value === null) break;
      return `dynamic(${JSON.stringify(value)})`;
    default:
      if (typeof value !== 'string') break;
      return /^(?:h?@|@h|h)?["']/i.test(value) ? stringLiteral(value) : value;
  }
  throw new TypeError(`${fn}: parameter ${parameter} must be a ${type}`);
}

/** Kusto takes a parameter in quotes for a literal, and what is inside of them for its value. */
function stringLiteral(text: string): string {
  const escaped = text.replace(/[\\"\p{Cc}]/gu, (character) =>
    /\p{Cc}/u.test(character)
      ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
      : `\\${character}`,
  );
  return `"${escaped}"`;
}

function tableNameLiteral(fn: string, parameter: string, value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z_]\w*$/.test(value)) return `'${value}'`;
  throw new TypeError(`${fn}: parameter ${parameter} must be the name of a table`);
}
