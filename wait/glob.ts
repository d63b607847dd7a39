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
  const excluded = patterns.filter((pattern) => pattern.startsWith('!'));
  const included = patterns.filter((pattern) => !pattern.startsWith('!'));
  return (
    (included.length === 0 || included.some((pattern) => matchesGlob(pattern, text))) &&
    !excluded.some((pattern) => matchesGlob(pattern.slice(1), text))
  );
}
