import { durationText, timeFormats } from '../../../tab/components/times.ts';
import { languageOfTimes } from '../../../tab/strings.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const instant = Date.parse('2024-01-02T07:17:51.123Z');

it.each([
  [0, '0s'],
  [59 * second + 999, '59s'],
  [24 * minute + 45 * second, '24m 45s'],
  [58 * minute, '58m'],
  [3 * hour + 59 * second, '3h'],
  [3 * hour + 5 * minute + 59 * second, '3h 5m'],
  [2 * day + 4 * hour, '2d 4h'],
])('%d ms read "%s"', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

describe('times', () => {
  const plain = (text: string) => text.replace(/\s/g, ' ');

  it("are in the reader's language and zone, exact ones to the second", () => {
    const german = timeFormats('de-DE', 'Europe/Berlin');
    expect(plain(german.exact(instant))).toMatch(/^2\. Jan\. 2024, 0?8:17:51 MEZ$/);
    expect(plain(german.utc(instant))).toMatch(/^2\. Jan\. 2024, 0?7:17:51 UTC$/);
    expect(plain(german.clock(instant, instant + minute))).toMatch(/^0?8:17:51$/);
  });

  it('say the day too where it is another one', () => {
    const { clock } = timeFormats('en-US', 'America/New_York');
    expect(plain(clock(instant, instant + 21 * hour))).toBe('2:17:51 AM');
    expect(plain(clock(instant, instant + 22 * hour))).toBe('Yesterday at 2:17 AM');
  });

  it('are short in the table', () => {
    const { short } = timeFormats('en-US', 'America/New_York');
    const seenAfter = (distance: number) => plain(short(instant, instant + distance));
    expect(seenAfter(hour)).toBe('Today at 2:17 AM');
    expect(seenAfter(21 * hour)).toBe('Today at 2:17 AM');
    expect(seenAfter(22 * hour)).toBe('Yesterday at 2:17 AM');
    expect(seenAfter(2 * day)).toBe('Jan 2, 2024, 2:17 AM');
    expect(seenAfter(-day)).toBe('Jan 2, 2024, 2:17 AM');
    expect(timeFormats('en-GB', 'Europe/London').short(instant, instant)).toMatch(/^Today at 0?7:17$/);
  });

  it.each([
    ['UTC', '2024-01-02T07:17:51Z', true],
    ['Atlantic/Reykjavik', '2024-07-02T07:17:51Z', true],
    ['Europe/London', '2024-01-02T07:17:51Z', true],
    ['Europe/London', '2024-07-02T07:17:51Z', false],
    ['America/New_York', '2024-01-02T07:17:51Z', false],
  ])('are in UTC for the reader or not: %s at %s', (zone, time, isUtc) => {
    expect(timeFormats('en-US', zone).isUtc(Date.parse(time))).toBe(isUtc);
  });

  it.each([
    ['en-US', 'en-US'],
    ['en-GB', 'en-GB'],
    ['en', 'en'],
    ['de-DE', 'en-US'],
    ['enm', 'en-US'],
  ])('are written in the language of the texts: for %s in %s', (locale, language) => {
    expect(languageOfTimes(locale)).toBe(language);
  });

  it.each([
    [-2 * second, 'now'],
    [-40 * second, '40 sec. ago'],
    [-12 * minute, '12 min. ago'],
    [-26 * hour, 'yesterday'],
    [-20 * day, '20 days ago'],
    [-100 * day, '3 mo. ago'],
    [-800 * day, '2 yr. ago'],
    [3 * hour, 'in 3 hr.'],
  ])('%d ms from now are "%s"', (distance, text) => {
    expect(timeFormats('en-US').ago(instant + distance, instant)).toBe(text);
  });
});
