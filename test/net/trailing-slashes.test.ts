import { withoutTrailingSlashes } from '../../net/trailing-slashes.ts';

test.each([
  ['/b2d//', '/b2d'],
  ['https://a.example/x', 'https://a.example/x'],
  ['/a//b/', '/a//b'],
  ['///', ''],
  ['', ''],
])('%s loses the slashes at its end', (text, expected) => {
  expect(withoutTrailingSlashes(text)).toBe(expected);
});
