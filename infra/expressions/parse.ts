/**
 * Parses the expressions of ARM templates: `[format('{0}-x', parameters('names').plan)]`. The documented grammar is
 * small: calls of functions, strings in single quotes, whole numbers, and access to properties and items.
 * No well-kept package for Node parses it alone: the existing parsers belong to an editor and to a compiler.
 */

/** An expression as a tree. */
export type Expression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'property'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly index: Expression };

/** An expression that does not follow the grammar. `position` counts characters from 0, after the bracket. */
export class ExpressionError extends Error {
  readonly position: number;

  constructor(problem: string, position: number) {
    super(`${problem} at character ${position + 1}`);
    this.name = 'ExpressionError';
    this.position = position;
  }
}

/** Whether the text of a template is an expression; `[[` begins a text that begins with one bracket. */
export function isExpression(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') && !text.startsWith('[[');
}

/** Parses a text for which {@link isExpression} is true. @throws ExpressionError */
export function parseExpression(text: string): Expression {
  const parser = new Parser(text.slice(1, -1));
  const expression = parser.expression();
  parser.end();
  return expression;
}

/** Calls `visit` with the expression and everything in it. */
export function visitExpression(expression: Expression, visit: (part: Expression) => void): void {
  visit(expression);
  switch (expression.kind) {
    case 'call':
      for (const argument of expression.arguments) visitExpression(argument, visit);
      break;
    case 'property':
      visitExpression(expression.of, visit);
      break;
    case 'item':
      visitExpression(expression.of, visit);
      visitExpression(expression.index, visit);
      break;
    case 'text':
    case 'number':
      break;
  }
}

class Parser {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  expression(): Expression {
    let parsed = this.#primary();
    for (;;) {
      if (this.#takes('.')) parsed = { kind: 'property', of: parsed, name: this.#name() };
      else if (this.#takes('[')) {
        parsed = { kind: 'item', of: parsed, index: this.expression() };
        this.#expect(']');
      } else return parsed;
    }
  }

  end(): void {
    this.#skipSpace();
    if (this.#position < this.#text.length) throw this.#error('the expression should have ended');
  }

  #primary(): Expression {
    this.#skipSpace();
    if (this.#text[this.#position] === "'") return { kind: 'text', value: this.#quoted() };
    const [digits] = /^-?\d+/.exec(this.#text.slice(this.#position)) ?? [];
    if (digits !== undefined) {
      this.#position += digits.length;
      return { kind: 'number', value: Number(digits) };
    }
    const name = this.#name();
    this.#expect('(');
    const given: Expression[] = [];
    if (!this.#takes(')')) {
      do given.push(this.expression());
      while (this.#takes(','));
      this.#expect(')');
    }
    return { kind: 'call', name, arguments: given };
  }

  #quoted(): string {
    const [text] = /^'(?:[^']|'')*'/.exec(this.#text.slice(this.#position)) ?? [];
    if (text === undefined) throw this.#error('a text does not end');
    this.#position += text.length;
    return text.slice(1, -1).replaceAll("''", "'");
  }

  #name(): string {
    this.#skipSpace();
    const [name] = /^[A-Za-z_]\w*/.exec(this.#text.slice(this.#position)) ?? [];
    if (name === undefined) throw this.#error('a name is missing');
    this.#position += name.length;
    return name;
  }

  #takes(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#takes(character)) throw this.#error(`"${character}" is missing`);
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#position] ?? '')) this.#position += 1;
  }

  #error(problem: string): ExpressionError {
    return new ExpressionError(problem, this.#position);
  }
}
