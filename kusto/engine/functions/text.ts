/**
 * Kusto's notion of text: ordinal comparison that ignores case, and terms. Case folding is .NET's
 * invariant one, character by character, so that no string changes its length.
 * https://learn.microsoft.com/kusto/query/datatypes-string-operators
 */
import type { SqlValue } from '../statement.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is the definition of ASCII
const ASCII = /^[\x00-\x7f]*$/;

function mapped(text: string, change: (character: string) => string): string {
  return Array.from(text, (character) => {
    const changed = change(character);
    // U+0131 and its like have ASCII counterparts in Unicode, which .NET's invariant casing does not know.
    const kept = changed.length !== character.length || ASCII.test(changed) !== ASCII.test(character);
    return kept ? character : changed;
  }).join('');
}

export function toLower(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : mapped(text, (character) => character.toLowerCase());
}

export function toUpper(text: string): string {
  return ASCII.test(text) ? text.toUpperCase() : mapped(text, (character) => character.toUpperCase());
}

/** Equal for two strings that differ in case only. */
export function fold(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : toLower(toUpper(text));
}

/** Whether `text` holds `term` with no letter or digit right before (`start`) or after it (`end`). */
export function hasTerm(text: string, term: string, start: boolean, end: boolean): boolean {
  if (term === '') return true;
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    const open = !start || !isTermCharacter(text, at - 1) || !isTermCharacter(term, 0);
    const closed =
      !end || !isTermCharacter(text, at + term.length) || !isTermCharacter(term, term.length - 1);
    if (open && closed) return true;
  }
  return false;
}

function isTermCharacter(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text[at] ?? ' ');
}

/** A value that is text; a null is an empty one. */
export function textValue(value: SqlValue | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/** A value that is a number, or `fallback` where it is null or absent. */
export function wholeValue(value: SqlValue | undefined, fallback: number): number {
  return value === null || value === undefined ? fallback : Number(value);
}
