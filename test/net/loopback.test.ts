import { isLoopback, isSafeForTokens } from '../../net/loopback.ts';

describe('this machine', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '',
    '0.0.0.0',
    '::',
    '128.0.0.1',
    '10.0.0.127',
    'localhost.example.com',
    '127.0.0.1.example.com',
    'mylocalhost',
    '127.0.0.1\n',
  ])('is not %j', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('a token', () => {
  it.each([
    ['https://example.com', true],
    ['http://localhost:7071', true],
    ['http://[::1]:7071', true],
    ['http://example.com', false],
    ['http://127.0.0.1@example.com', false],
    ['ftp://localhost', false],
  ])('may be sent to %s: %s', (url, safe) => {
    expect(isSafeForTokens(new URL(url))).toBe(safe);
  });
});
