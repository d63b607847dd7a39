/** The difference between two texts, line by line. */

/**
 * The lines that differ, in order: `- ` before what only `before` has, `+ ` before what only `after` has. What
 * they share is their longest common subsequence.
 */
export function lineDifferences(before: readonly string[], after: readonly string[]): string[] {
  const common: number[][] = Array.from({ length: before.length + 1 }, () => []);
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row) row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const differences: string[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      i++;
      j++;
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      differences.push(`- ${before[i++]}`);
    } else {
      differences.push(`+ ${after[j++]}`);
    }
  }
  return differences;
}
