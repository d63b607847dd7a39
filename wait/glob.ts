/**
 * Filter patterns: `*` matches any number of characters, `?` matches one, case is ignored. `*` also matches
 * `/`, because payload and deployment ids are not paths. Matching takes time proportional to pattern times
 * text, so that no pattern can stall a poll as a regular expression could.
 */

/** Whether a pattern matches the whole text. */
export function matchesGlob(pattern: string, text: string): boolean {
  const wanted = [...pattern.toLowerCase()];
  const given = [...text.toLowerCase()];
  let at = 0;
  let star = -1;
  let retryFrom = 0;
  for (let position = 0; position < given.length; ) {
    if (wanted[at] === '*') {
      star = at++;
      retryFrom = position;
    } else if (wanted[at] === '?' || wanted[at] === given[position]) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++retryFrom;
    } else {
      return false;
    }
  }
  return wanted.slice(at).every((character) => character === '*');
}

/**
 * Whether a text matches a list of patterns: at least one of the plain ones (if there are any), and none of
 * those that begin with `!`.
 */
export function passesFilter(patterns: readonly string[], text: string): boolean {
  return excludingPatterns(patterns, [text]).length === 0;
}

/**
 * The patterns because of which something is filtered out; none if it passes. A thing with several names matches a
 * pattern if one of its names does. The result is the one pattern with `!` that matches, or all plain ones.
 */
export function excludingPatterns(patterns: readonly string[], names: readonly string[]): readonly string[] {
  const matches = (pattern: string) => names.some((name) => matchesGlob(pattern, name));
  const excluding = patterns.find((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)));
  if (excluding !== undefined) return [excluding];
  const including = patterns.filter((pattern) => !pattern.startsWith('!'));
  return including.some(matches) ? [] : including;
}
