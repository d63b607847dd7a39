/**
 * How query parameters are read: their description in OpenAPI, validation and normalisation. All mistakes of a request
 * are reported together, each with its parameter and the form that would be valid. Messages never repeat values,
 * which may be long, hostile or private.
 */
import type { TSchema } from 'typebox';
import { type QueryPair, queryPairs } from './query-string.ts';

/** A mistake in one parameter, in the shape of the contract's error details. */
export interface ParameterMistake {
  readonly target: string;
  readonly message: string;
}

/** Either the normalised values or all mistakes. */
export type ParameterReading<T> =
  | { readonly ok: true; readonly values: T }
  | { readonly ok: false; readonly mistakes: readonly ParameterMistake[] };

/** The documentation of one query parameter. `schema` describes the text before normalisation. */
export interface ParameterDescription {
  readonly name: string;
  readonly description: string;
  readonly schema: TSchema;
  /** Absent for a parameter that an example is better without. */
  readonly example?: string | number;
  readonly isOptional?: boolean;
}

/** A parameter with its rules. */
export interface Parameter<T> extends ParameterDescription {
  readonly maxLength: number;
  /** What would be valid: the end of the sentence "it must be …". */
  readonly rightForm: string;
  /** Whether any character may occur, as in names that others have given. */
  readonly isFreeText?: boolean;
  /** The normalised value, or undefined if the text is not valid. */
  read(text: string): T | undefined;
}

/** Whether every value has been read. */
export function isComplete<T extends object>(values: T): values is { [K in keyof T]: NonNullable<T[K]> } & T {
  for (const name in values) if (values[name] === undefined) return false;
  return true;
}

/** The query of one request, and the mistakes found in it so far. */
export class Query {
  readonly mistakes: ParameterMistake[] = [];
  readonly #pairs: readonly QueryPair[];

  constructor(rawQuery: string) {
    this.#pairs = queryPairs(rawQuery);
  }

  /** The same for a parameter that may be left out; then undefined too. */
  readOptional<T>(parameter: Parameter<T>): T | undefined {
    const name = parameter.name.toLowerCase();
    return this.#pairs.some((pair) => pair.name === name) ? this.read(parameter) : undefined;
  }

  /**
   * The normalised value, or undefined after recording the mistake.
   *
   * @param usualForm what the value usually looks like, for the message
   */
  read<T>(parameter: Parameter<T>, usualForm?: string): T | undefined {
    const name = parameter.name.toLowerCase();
    let found: QueryPair | undefined;
    for (const pair of this.#pairs) {
      if (pair.name !== name) continue;
      if (found) return this.refuse(parameter, 'is given more than once', usualForm);
      found = pair;
    }
    if (!found) return this.refuse(parameter, 'is missing', usualForm);
    const { value } = found;
    if (value === undefined) return this.refuse(parameter, 'is not valid percent-encoded UTF-8', usualForm);
    return this.readFrom(parameter, value, usualForm);
  }

  /** The same for a text that stands elsewhere in the request, such as in its path. */
  readFrom<T>(parameter: Parameter<T>, text: string, usualForm?: string): T | undefined {
    const reading = readText(parameter, text);
    return 'value' in reading ? reading.value : this.refuse(parameter, reading.problem, usualForm);
  }

  /** Records a mistake. @param problem what is wrong, such as "is missing" */
  refuse({ name, rightForm }: Parameter<unknown>, problem: string, usualForm?: string): undefined {
    const usually = usualForm === undefined ? '' : `; it usually is ${usualForm}`;
    this.mistakes.push({ target: name, message: `${name} ${problem}; it must be ${rightForm}${usually}.` });
  }
}

/** The normalised value of a text, or what is wrong with it. */
export function readText<T>(
  parameter: Parameter<T>,
  text: string,
): { readonly value: T } | { readonly problem: string } {
  if (text === '') return { problem: 'is empty' };
  // The contract counts characters, of which some take two places in a string.
  if (text.length > parameter.maxLength && [...text].length > parameter.maxLength)
    return { problem: `is longer than ${parameter.maxLength} characters` };
  if (!parameter.isFreeText && /\p{Cc}/u.test(text)) return { problem: 'contains control characters' };
  const value = parameter.read(text);
  return value === undefined ? { problem: 'is not valid' } : { value };
}
