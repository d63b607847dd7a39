import { describe, expect, test } from '@jest/globals';
import { sinceArgument } from '../../cli/since.ts';

describe('--since', () => {
  const now = Date.parse('2026-03-08T12:00:00Z');

  test.each([
    ['7d', '2026-03-01T12:00:00.000Z'],
    ['36h', '2026-03-07T00:00:00.000Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T08:00:00.1234567Z', '2026-03-01T08:00:00.1234567Z'],
  ])('reads %s', (text, time) => {
    expect(sinceArgument(text, now)).toBe(time);
  });

  test.each([['yesterday'], ['2026-03-01T08:00:00'], ['2027-01-01'], ['7']])('refuses %s', (text) => {
    expect(() => sinceArgument(text, now)).toThrow(/Expected a/);
  });
});
