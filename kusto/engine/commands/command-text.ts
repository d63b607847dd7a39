/**
 * Reads the text of a management command, left to right. Commands have a grammar of their own, of which
 * only the parts behind `<|` and inside `{ }` are KQL; binding a whole command costs seconds, reading it
 * here costs nothing.
 */
import { KqlError, type Position, positionAt } from '../errors.ts';

const BLANK = /(?:\s+|\/\/[^\n]*)+/y;
const WORD = /[A-Za-z][A-Za-z0-9_-]*/y;
const BARE_NAME = /[A-Za-z0-9_][\w]*/y;
const QUOTED_NAME = /\[\s*(?:'([^'\n]*)'|"([^"\n]*)")\s*\]/y;
const STRING =
  /[hH]?(?:@"((?:[^"]|"")*)"|@'((?:[^']|'')*)'|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|```([\s\S]*?)```)/y;
const BARE_VALUE = /[^\s,()|]+/y;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  0: '\0',
  b: '\b',
  f: '\f',
  a: '\x07',
  v: '\v',
};

/** A command's text and how far it has been read. */
export class CommandText {
  readonly text: string;
  #offset = 0;
  /** The command's words, once they are known: what is refused behind them names it. */
  command: string | undefined;

  constructor(text: string) {
    this.text = text;
    this.#skipBlanks();
  }

  /** Where the next thing begins. */
  get offset(): number {
    return this.#offset;
  }

  get position(): Position {
    return positionAt(this.text, this.#offset);
  }

  get atEnd(): boolean {
    return this.#offset >= this.text.length;
  }

  /** Reads `word` if it comes next; words are not case-sensitive. */
  tryWord(word: string): boolean {
    const found = this.#match(WORD)?.[0] ?? '';
    if (found.toLowerCase() !== word.toLowerCase()) return false;
    this.#advance(found.length);
    return true;
  }

  /** Reads several words, or none of them. */
  tryWords(words: string): boolean {
    const start = this.#offset;
    const all = words.split(' ').every((word) => this.tryWord(word));
    if (!all) this.#offset = start;
    return all;
  }

  /** Whether `words`, a name and then `about` come next. */
  seesWordsAbout(words: string, about: string): boolean {
    const start = this.#offset;
    const sees = this.tryWords(words) && this.tryName() !== undefined && this.tryWord(about);
    this.#offset = start;
    return sees;
  }

  /** Reads the word that has to come next. */
  word(expected: string): void {
    if (!this.tryWord(expected)) this.refuse(`Expected '${expected}'`);
  }

  /** Reads any word, in lower case. */
  anyWord(expected: string): string {
    const found = this.#match(WORD)?.[0];
    if (!found) return this.refuse(`Expected ${expected}`);
    this.#advance(found.length);
    return found.toLowerCase();
  }

  /** Reads `mark` if it comes next. */
  try(mark: string): boolean {
    if (!this.text.startsWith(mark, this.#offset)) return false;
    this.#advance(mark.length);
    return true;
  }

  /** Whether `mark` comes next. */
  sees(mark: string): boolean {
    return this.text.startsWith(mark, this.#offset);
  }

  /** Reads `mark`, which has to come next. */
  expect(mark: string): void {
    if (!this.try(mark)) this.refuse(`Expected '${mark}'`);
  }

  /** Reads the name of an entity or column: `Name`, `['a name']` or `["a name"]`. */
  name(what: string): string {
    const name = this.tryName();
    return name === undefined ? this.refuse(`Expected the name of ${what}`) : name;
  }

  /** Reads `(name, ...)`. */
  names(what: string): string[] {
    this.expect('(');
    const found = [this.name(what)];
    while (this.try(',')) found.push(this.name(what));
    this.expect(')');
    return found;
  }

  /** Reads a name if one comes next. */
  tryName(): string | undefined {
    const quotedName = this.#match(QUOTED_NAME);
    const found = quotedName ?? this.#match(BARE_NAME);
    if (!found) return undefined;
    const name = quotedName ? (quotedName[1] ?? quotedName[2] ?? '') : found[0];
    if (quotedName && !/^[\p{L}\p{N}_][\p{L}\p{N}_ .-]*$/u.test(name)) {
      this.refuse(`'${name}' is not a name: use letters, digits, '_', ' ', '.' and '-'`);
    }
    this.#advance(found[0].length);
    return name;
  }

  /** Reads a string literal in any of KQL's forms, if one comes next. */
  tryString(): string | undefined {
    const match = this.#match(STRING);
    if (!match) return undefined;
    this.#advance(match[0].length);
    const [, doubled, doubledSingle, escaped, escapedSingle, verbatim] = match;
    if (verbatim !== undefined) return verbatim;
    if (doubled !== undefined) return doubled.replaceAll('""', '"');
    if (doubledSingle !== undefined) return doubledSingle.replaceAll("''", "'");
    return unescaped(escaped ?? escapedSingle ?? '');
  }

  /** Reads a property's value: a string literal or a bare word such as `true` or `7d`. */
  value(what: string): string {
    const literal = this.tryString();
    if (literal !== undefined) return literal;
    const bare = this.#match(BARE_VALUE)?.[0];
    if (!bare) return this.refuse(`Expected ${what}`);
    this.#advance(bare.length);
    return bare;
  }

  /** Reads `with (name = value, ...)` if it comes next; names in lower case. */
  properties(): ReadonlyMap<string, string> {
    const properties = new Map<string, string>();
    if (!this.tryWord('with')) return properties;
    this.expect('(');
    while (!this.try(')')) {
      const name = this.anyWord('the name of a property');
      this.expect('=');
      properties.set(name, this.value(`the value of '${name}'`));
      if (!this.sees(')')) this.expect(',');
    }
    return properties;
  }

  /** Reads `<|` and gives what follows to the letter: data, not syntax. */
  data(): string {
    if (!this.sees('<|')) this.refuse("Expected '<|'");
    this.#offset += 2;
    const data = this.text.slice(this.#offset);
    this.#offset = this.text.length;
    return data.replace(/^[ \t]*\r?\n|^[ \t]+/, '');
  }

  /** Refuses what is left: before a command does anything, it has to have been read to its end. */
  end(): void {
    if (!this.atEnd) this.refuse('Unexpected text');
  }

  /** Reads all that is left. */
  rest(): string {
    const rest = this.text.slice(this.#offset);
    this.#offset = this.text.length;
    return rest;
  }

  /** Reads the rest up to and with the last `}`, of which it gives what is inside the braces. */
  block(): string {
    if (!this.sees('{')) this.refuse("Expected '{'");
    const start = this.#offset + 1;
    const end = this.text.lastIndexOf('}');
    if (end < start) return this.refuse("Expected '}'");
    const inside = this.text.slice(start, end);
    this.#offset = end;
    this.#advance(1);
    return inside;
  }

  /** Reads again from an offset that was reached before. */
  goBack(offset: number): void {
    this.#offset = offset;
  }

  /** Reads past one character, whatever it is. */
  skip(): void {
    this.#advance(1);
  }

  /** Reads past a parenthesis of any content, to its closing one. */
  skipParenthesis(): void {
    this.expect('(');
    for (let depth = 1; depth > 0; ) {
      if (this.atEnd) this.refuse("Expected ')'");
      if (this.tryString() !== undefined) continue;
      if (this.sees('(')) depth += 1;
      if (this.sees(')')) depth -= 1;
      this.#advance(1);
    }
  }

  /** Refuses the command at what comes next. @param advice goes behind it */
  refuse(message: string, advice = ''): never {
    const start = /\S{1,30}/y;
    start.lastIndex = this.#offset;
    const found = start.exec(this.text)?.[0];
    const next = found ? `'${found}'` : 'the end of the command';
    // What was read and is not supported does not depend on what follows.
    const instead = /^(?:Expected|Unexpected)\b/.test(message) ? `, found ${next}` : '';
    const inCommand = this.command === undefined ? '' : `'.${this.command}': `;
    throw new KqlError(`${inCommand}${message}${instead}${advice}`, { position: this.position });
  }

  /** Refuses the whole command, where it begins. */
  refuseCommand(message: string): never {
    throw new KqlError(message, { position: positionAt(this.text, this.text.indexOf('.') + 1) });
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#offset;
    return pattern.exec(this.text);
  }

  #advance(length: number): void {
    this.#offset += length;
    this.#skipBlanks();
  }

  #skipBlanks(): void {
    const blank = this.#match(BLANK);
    if (blank) this.#offset += blank[0].length;
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_, code: string) =>
    code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  );
}
