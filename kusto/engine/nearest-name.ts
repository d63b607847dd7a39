/** What somebody may have meant who mistyped a name. */

/** Nobody mistypes longer names than this. */
const LONGEST_NAME = 100;

/** ` Did you mean 'x'?`, or nothing if no name is near. @param names those that would be right here */
export function didYouMean(written: string, names: Iterable<string>): string {
  const found = nearestName(written, names);
  return found === undefined ? '' : ` Did you mean '${found}'?`;
}

/**
 * The name that takes the fewest changes, each of which adds, drops, replaces or swaps a character; case does not count.
 * A third of the name may be wrong, and at most three characters.
 */
export function nearestName(written: string, names: Iterable<string>): string | undefined {
  if (written.length > LONGEST_NAME) return undefined;
  const from = written.toLowerCase();
  let best: string | undefined;
  let least = Math.min(3, Math.floor(written.length / 3)) + 1;
  for (const name of names) {
    if (name === written || Math.abs(name.length - written.length) >= least) continue;
    const changes = changesBetween(from, name.toLowerCase());
    if (changes < least) [best, least] = [name, changes];
  }
  return best;
}

/** Three rows of the table of distances at a time. */
function changesBetween(from: string, to: string): number {
  let [before, above]: number[][] = [[], Array.from({ length: to.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = at(above, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped =
        from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? at(before, j - 2) + 1 : Infinity;
      row.push(Math.min(at(above, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
    [before, above] = [above, row];
  }
  return at(above, to.length);
}

function at(row: readonly number[] | undefined, index: number): number {
  return row?.[index] ?? Infinity;
}
