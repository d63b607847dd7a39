/**
 * Durations as people write them: `45m`, `1h30m`, `2 h`, `90s`. Days, hours, minutes, seconds and
 * milliseconds, largest first. A number without a unit is rejected, because readers would guess differently.
 */

const millisecondsOf = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
type Unit = keyof typeof millisecondsOf;

const written = /^(?:(\d+)\s*d\s*)?(?:(\d+)\s*h\s*)?(?:(\d+)\s*m(?!s)\s*)?(?:(\d+)\s*s\s*)?(?:(\d+)\s*ms)?$/i;
const unitsInOrder: readonly Unit[] = ['d', 'h', 'm', 's', 'ms'];

/** Milliseconds of a duration such as `1h30m`, or undefined if the text is not one. `0` needs no unit. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const match = written.exec(trimmed);
  if (trimmed === '' || match === null) return undefined;
  const total = unitsInOrder.reduce(
    (sum, unit, index) => sum + Number(match[index + 1] ?? 0) * millisecondsOf[unit],
    0,
  );
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Formats milliseconds with the two largest units that are not zero: `1h 5m`, `2m 30s`, `0s`. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.max(0, Math.round(milliseconds / 1_000)) * 1_000;
  const parts: string[] = [];
  for (const unit of unitsInOrder) {
    const count = Math.floor(rest / millisecondsOf[unit]);
    rest -= count * millisecondsOf[unit];
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0s';
}
