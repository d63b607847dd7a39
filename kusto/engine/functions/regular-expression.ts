/**
 * Regular expressions as Kusto understands them, which are Rust's: `rregex` is that engine as WebAssembly. It has no
 * look-around and no back references, so that a search takes time linear in the text. It is loaded when the first
 * pattern is met.
 * https://learn.microsoft.com/kusto/query/regex
 */

import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { LRUCache } from 'lru-cache';
import type { Hir, RRegex } from 'rregex';
import { KqlError } from '../errors.ts';
import { MOST_CHARACTERS, type PlainPattern, plainPattern } from './plain-pattern.ts';
import { checkWork } from './time-limit.ts';

/** A compiled pattern. */
export interface Pattern {
  /** The names of the capture groups, from the first; null for one without a name. */
  readonly groups: readonly (string | null)[];
  matches(text: string): boolean;
  /** How often it is found, one match after the other. */
  count(text: string): number;
  /** What a group of the first match captured, `''` where it took no part or there is no such group; undefined without a match. */
  captured(text: string, group: number): string | undefined;
  /** What the given groups captured, by number or name, for every match. */
  capturedAll(text: string, groups: readonly (number | string)[]): string[][];
  /** The text with each match replaced; in `rewrite`, `\1` stands for what a group captured and `\0` for the match. */
  replaced(text: string, rewrite: string): string;
}

/** Compiled patterns take memory outside of JavaScript's heap, in proportion to their size: about 400 bytes a step. */
const MOST_PATTERNS = 200;
const MOST_STEPS = 500_000;
const compiled = new LRUCache<string, CompiledPattern>({
  max: MOST_PATTERNS,
  maxSize: MOST_STEPS,
  sizeCalculation: ({ steps }) => Math.min(steps + 1, MOST_STEPS),
  dispose: (pattern) => pattern.free(),
});

/** The pattern that `source` writes. @throws KqlError where it is not a regular expression, saying where in it */
export function pattern(source: string): Pattern {
  const known = compiled.get(source);
  if (known) return known;
  const made = new CompiledPattern(source);
  compiled.set(source, made);
  return made;
}

let engine: typeof import('rregex') | undefined;

/** A longer one takes seconds to compile, which nothing can end. */
const LONGEST_PATTERN = 50_000;

function compile(source: string): RRegex {
  if (source.length > LONGEST_PATTERN)
    throw new KqlError(`A regular expression may have ${LONGEST_PATTERN} characters, not ${source.length}`);
  engine ??= createRequire(import.meta.url)('rregex') as typeof import('rregex');
  try {
    return new engine.RRegex(source);
  } catch (error) {
    throw new KqlError(
      `The regular expression ${shortened(source)} is not valid: ${reasonOf(error instanceof Error ? error.message : String(error))}`,
    );
  }
}

const MOST_SHOWN = 200;

function shortened(source: string): string {
  return JSON.stringify(source.length > MOST_SHOWN ? `${source.slice(0, MOST_SHOWN)}…` : source);
}

/** The parser draws the pattern, with a caret below the place: one line of it, or several that are numbered. */
function reasonOf(message: string): string {
  const reason = (/\nerror: ([\s\S]*)$/.exec(message)?.[1] ?? message).trim().replace(/\.$/, '');
  const caret = /^regex parse error:\n {4}.*\n {4}( *)\^/.exec(message)?.[1];
  return caret === undefined ? reason : `${reason}, at character ${caret.length + 1}`;
}

/** Stands between captured texts, and in no text, since nobody outside of this process knows it. */
const SEPARATOR = randomUUID();

class CompiledPattern implements Pattern {
  readonly groups: readonly (string | null)[];
  /** How large the compiled program is: repetitions count as often as they may repeat. */
  readonly steps: number;
  readonly #source: string;
  readonly #plain: PlainPattern | undefined;
  #compiled: RRegex | undefined;

  constructor(source: string) {
    this.#source = source;
    this.#plain = plainPattern(source);
    this.groups = this.#plain
      ? new Array<null>(this.#plain.groups).fill(null)
      : this.#regex.captureNames().slice(1);
    this.steps = this.#plain ? source.length : stepsOf(this.#regex.syntax());
  }

  free(): void {
    this.#compiled?.free();
  }

  matches(text: string): boolean {
    const plain = this.#plainFor(text);
    return plain ? plain.regex.test(text) : this.#once(text).isMatch(text);
  }

  count(text: string): number {
    return this.#repeatedly(text).findAll(text).length;
  }

  captured(text: string, group: number): string | undefined {
    const plain = this.#plainFor(text);
    if (plain) {
      const match = plain.regex.exec(text);
      return match ? (match[group] ?? '') : undefined;
    }
    // `captures()` leaves out groups that took no part, which shifts the numbers of those after them.
    return this.#once(text)
      .replacen(text, 1, between([group]))
      .split(SEPARATOR)[1];
  }

  capturedAll(text: string, groups: readonly (number | string)[]): string[][] {
    const parts = this.#repeatedly(text).replaceAll(text, between(groups)).split(SEPARATOR);
    const found: string[][] = [];
    for (let at = 1; at < parts.length; at += groups.length + 1) {
      found.push(parts.slice(at, at + groups.length));
    }
    return found;
  }

  replaced(text: string, rewrite: string): string {
    // Most texts do not match, and finding that out is cheaper than a copy of the text.
    if (!this.matches(text)) return text;
    return this.#repeatedly(text).replaceAll(text, rustRewrite(rewrite));
  }

  #plainFor(text: string): PlainPattern | undefined {
    return text.length <= MOST_CHARACTERS ? this.#plain : undefined;
  }

  /** For one search, which is linear. @throws OutOfTimeError where it may take too long */
  #once(text: string): RRegex {
    checkWork(this.steps * text.length);
    return this.#regex;
  }

  /** For one search after the other, each of which may look at all of the text. @throws OutOfTimeError */
  #repeatedly(text: string): RRegex {
    checkWork(this.steps * text.length ** 2);
    return this.#regex;
  }

  get #regex(): RRegex {
    this.#compiled ??= compile(this.#source);
    return this.#compiled;
  }
}

/** Rust writes a group as `${1}`. */
function rustRewrite(rewrite: string): string {
  return rewrite.replace(/\$/g, '$$$$').replace(/\\(\d)/g, '$${$1}');
}

/** What a match is replaced by so that the groups can be told apart. */
function between(groups: readonly (number | string)[]): string {
  return `${SEPARATOR}${groups.map((group) => `\${${group}}${SEPARATOR}`).join('')}`;
}

function stepsOf({ kind }: Hir): number {
  switch (kind['@variant']) {
    case 'Literal':
      return kind['@values'][0]['@values'][0].length;
    case 'Class':
      return kind['@values'][0]['@values'][0].ranges.length;
    case 'Repetition': {
      const [{ min, max, sub }] = kind['@values'];
      return 1 + (max ?? min + 1) * stepsOf(sub);
    }
    case 'Capture':
      return 2 + stepsOf(kind['@values'][0].sub);
    case 'Concat':
    case 'Alternation':
      return kind['@values'][0].reduce((sum, part) => sum + stepsOf(part), 1);
    default:
      return 1;
  }
}
