import {
  decodeEvent,
  eventOfObject,
  type JsonObject,
  largestEventBytes,
  UnreadableEventError,
} from '../../../changelog/events/decode.ts';

const text = '{"eventType":"build.complete","naïve":"日本語"}';

const reasonOf = (message: Uint8Array | string): string => refusal(() => decodeEvent(message));

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof UnreadableEventError) return error.message;
    throw error;
  }
  return 'readable';
}

describe('decoding a message', () => {
  it.each([
    ['JSON text', text],
    ['JSON bytes', Buffer.from(text)],
    ['JSON after spaces and a line break', ` \r\n${text}`],
    ['JSON with a byte order mark', `\u{FEFF}${text}`],
    ['base64 of JSON', Buffer.from(text).toString('base64')],
    ['base64 bytes with line breaks', Buffer.from(`${Buffer.from(text).toString('base64')}\n`)],
    ['base64 of JSON with a byte order mark', Buffer.from(`\u{FEFF}${text}`).toString('base64')],
  ])('reads %s', (_form, message) => {
    expect(decodeEvent(message).event).toEqual({ eventType: 'build.complete', naïve: '日本語' });
  });

  it('names the same event alike, however it was encoded', () => {
    const base64 = Buffer.from(text).toString('base64');
    expect(decodeEvent(base64).digest).toBe(decodeEvent(text).digest);
  });

  it.each([
    ['nothing', '', 'The message is empty'],
    ['spaces', ' \n', 'The message is empty'],
    ['words', 'hello, world', 'The message is neither JSON nor base64 of it'],
    ['a word that could be base64', 'hello', 'The message is neither JSON nor base64 of it'],
    ['base64 of a JSON list', Buffer.from('[1]').toString('base64'), 'The JSON is not an object'],
    [
      'a word and very many blanks',
      `a${' '.repeat(500_000)}\0`,
      'The message is neither JSON nor base64 of it',
    ],
    ['half a JSON object', '{"a":', 'The message is neither JSON nor base64 of it'],
    ['a JSON list', '[1]', 'The JSON is not an object'],
    [
      'bytes that are not UTF-8',
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
      'The message is neither UTF-8 nor base64 of it',
    ],
    ['65 levels', `{"a":${'['.repeat(65)}${']'.repeat(65)}}`, 'The JSON nests deeper than 64 levels'],
    ['a million levels', `{"a":${'['.repeat(1e6)}`, 'The JSON nests deeper than 64 levels'],
    [
      'more than the limit',
      `{"a":"${'x'.repeat(largestEventBytes)}"}`,
      `The message is larger than ${largestEventBytes} bytes`,
    ],
    [
      'more than the limit in base64',
      Buffer.from(`{"a":"${'x'.repeat(largestEventBytes)}"}`).toString('base64'),
      `The message is larger than ${largestEventBytes} bytes`,
    ],
  ])('refuses %s with the reason', (_what, message, reason) => {
    expect(reasonOf(message)).toBe(reason);
  });

  it('does not count brackets inside strings as levels', () => {
    expect(reasonOf(JSON.stringify({ a: '['.repeat(100), b: '"[{'.repeat(100) }))).toBe('readable');
  });
});

describe('an event that is an object already', () => {
  const nested = (levels: number): JsonObject =>
    JSON.parse(`${'{"a":'.repeat(levels)}[1]${'}'.repeat(levels)}`);

  it('has the text, size and digest of its JSON', () => {
    const decoded = decodeEvent(text);
    expect(eventOfObject(decoded.event)).toEqual({
      event: decoded.event,
      text,
      size: decoded.size,
      digest: decoded.digest,
    });
  });

  it('has the same limits as one in a message', () => {
    expect(refusal(() => eventOfObject(nested(63)))).toBe('readable');
    expect(refusal(() => decodeEvent(JSON.stringify(nested(63))))).toBe('readable');
    expect(refusal(() => eventOfObject(nested(64)))).toBe('The JSON nests deeper than 64 levels');
    expect(refusal(() => decodeEvent(JSON.stringify(nested(64))))).toBe(
      'The JSON nests deeper than 64 levels',
    );
    const large = { a: 'x'.repeat(largestEventBytes) };
    expect(refusal(() => eventOfObject(large))).toBe(`The message is larger than ${largestEventBytes} bytes`);
  });
});
