/**
 * The patterns of the filters: `*` is any run of characters, `?` is one, everything else is itself, in any
 * case. `*` crosses `/`, because payload and deployment ids are names and not paths. Matching takes time
 * proportional to pattern times text, so that no pattern can stall a poll, as a regular expression could.
 */

/** Whether the whole text matches one pattern. */
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
 * Whether a text passes a list of patterns: it matches one of the plain ones (or there are none), and none
 * of those that begin with `!`.
 */
export function passesFilter(patterns: readonly string[], text: string): boolean {
  const excluded = patterns.filter((pattern) => pattern.startsWith('!'));
  const included = patterns.filter((pattern) => !pattern.startsWith('!'));
  return (
    (included.length === 0 || included.some((pattern) => matchesGlob(pattern, text))) &&
    !excluded.some((pattern) => matchesGlob(pattern.slice(1), text))
  );
}
