import { answerOf, isNamedBy } from '../../../backend/lookups/answer.ts';

describe('the ETag of an answer', () => {
  const etagOf = (content: object): string => {
    const answer = answerOf({ kind: 'found', body: content }, 1);
    return answer.kind === 'found' ? answer.etag : '';
  };

  it('is strong and the same for the same content only', () => {
    expect(etagOf({ a: 1 })).toMatch(/^"[\w-]{20,}"$/);
    expect(etagOf({ a: 1 })).toBe(etagOf({ a: 1 }));
    expect(etagOf({ a: 1 })).not.toBe(etagOf({ a: 2 }));
  });

  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['"b",W/"a"', true],
    ['*', true],
    ['"b"', false],
    ['a', false],
    ['', false],
    [undefined, false],
  ])('is named by If-None-Match %s: %s', (header, expected) => {
    expect(isNamedBy('"a"', header)).toBe(expected);
  });
});
