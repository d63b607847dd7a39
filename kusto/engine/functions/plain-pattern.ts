/**
 * Patterns so plain that JavaScript's regular expressions mean the same as Kusto's and cannot backtrack for long; for
 * short texts JavaScript is four times as fast. A plain pattern is a sequence of
 *
 * - ASCII characters and classes of them (`a`, `\.`, `[0-9a-f]`, `[^/]`), each with `+`, `*`, `?` or `{n}` or none,
 * - capture groups and `(?:…)` without a quantifier or a choice,
 * - at its start `^` or `(?:^|x)`, at its end `$`,
 *
 * in which what repeats is followed by something else than itself, so that there is one way to match. With `^`, one
 * repetition may do without.
 */

/** A pattern that is plain, for texts of at most `MOST_CHARACTERS`. */
export interface PlainPattern {
  readonly regex: RegExp;
  /** Capture groups. */
  readonly groups: number;
}

/** The time may be quadratic in the length. */
export const MOST_CHARACTERS = 256;
/** So is the time to find out whether a pattern is plain. */
const LONGEST_PATTERN = 200;

const START = /^(?:\^|\(\?:\^\|[a-z0-9/=:;,@ _-]\))?/i;
const PIECE =
  /(?<group>\(\?:|\(|\))|(?<atom>\[\^?(?:[a-z0-9]-[a-z0-9]|[a-z0-9/=:;,@ _.])+\]|\\[\\^$.*+?()[\]{}|/]|[a-z0-9/=:;,@ _-])(?<repeat>[+*?]|\{[1-9]\d?\})?(?![+*?{])/iy;

interface Item {
  /** Of the characters 0 to 127, and 128 for all others, those that it matches. */
  readonly characters: ReadonlySet<number>;
  readonly mayRepeat: boolean;
  readonly mayBeAbsent: boolean;
}

/** The pattern that `source` writes, if it is plain. */
export function plainPattern(source: string): PlainPattern | undefined {
  if (source.length > LONGEST_PATTERN) return undefined;
  const start = START.exec(source)?.[0] ?? '';
  const ending = source.endsWith('$') && !source.endsWith('\\$') ? '$' : '';
  const parsed = parse(source.slice(start.length, source.length - ending.length));
  if (!parsed) return undefined;
  const { items, groups } = parsed;
  const ambiguous = items.filter((item, index) => item.mayRepeat && !isDecided(items, index)).length;
  if (ambiguous > (start === '^' ? 1 : 0)) return undefined;
  try {
    return { regex: new RegExp(source, 'u'), groups };
  } catch {
    // Such as a class from z to a: the other engine says what is wrong with it.
    return undefined;
  }
}

function parse(body: string): { items: Item[]; groups: number } | undefined {
  const items: Item[] = [];
  let groups = 0;
  let open = 0;
  PIECE.lastIndex = 0;
  for (let at = 0; at < body.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const { group, atom = '', repeat = '' } = PIECE.exec(body)?.groups ?? {};
    if (group === undefined && atom === '') return undefined;
    if (group === '(') groups += 1;
    if (group !== undefined) open += group === ')' ? -1 : 1;
    else {
      const mayBeAbsent = repeat === '*' || repeat === '?';
      items.push({ characters: charactersOf(atom), mayRepeat: mayBeAbsent || repeat === '+', mayBeAbsent });
    }
    if (open < 0) return undefined;
  }
  return open === 0 ? { items, groups } : undefined;
}

function charactersOf(atom: string): Set<number> {
  let matching: RegExp;
  try {
    matching = new RegExp(`^${atom}$`, 'u');
  } catch {
    return new Set();
  }
  const found = new Set<number>();
  for (let code = 0; code <= 128; code++) if (matching.test(String.fromCharCode(code))) found.add(code);
  return found;
}

/** Whether the next character tells if the item at `index` repeats once more. */
function isDecided(items: readonly Item[], index: number): boolean {
  const { characters } = items[index] ?? { characters: new Set<number>() };
  for (const next of items.slice(index + 1)) {
    for (const code of next.characters) if (characters.has(code)) return false;
    if (!next.mayBeAbsent) return true;
  }
  return true;
}
