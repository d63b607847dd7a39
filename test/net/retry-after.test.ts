import { retryAfterSeconds } from '../../net/retry-after.ts';

describe('Retry-After', () => {
  const now = Date.parse('2024-02-01T00:00:00Z');

  it.each([
    ['17', 17],
    ['0', 0],
    ['Thu, 01 Feb 2024 00:00:30 GMT', 30],
    ['Wed, 31 Jan 2024 00:00:30 GMT', 0],
    ['1.5', 1.5],
    [' 17 ', 17],
    ['-5', undefined],
    ['3 minutes', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%s means %s seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });
});
