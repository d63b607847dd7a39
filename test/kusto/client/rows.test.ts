import { numberOf, objectsOf, textOf, timeOf } from '../../../kusto/client/rows.ts';

describe('a datetime of Kusto', () => {
  it.each([
    ['2024-01-02T07:44:36.7159282Z', '2024-01-02T07:44:36.7159282Z'],
    ['2024-01-02T07:17:51Z', '2024-01-02T07:17:51.0000000Z'],
    ['2024-01-02T07:17:51.5Z', '2024-01-02T07:17:51.5000000Z'],
  ])('%s becomes %s, with all seven digits', (value, expected) => {
    expect(timeOf({ T: value }, 'T')).toBe(expected);
  });

  it.each([null, '', undefined])('%p is no time', (value) => {
    expect(timeOf({ T: value }, 'T')).toBeNull();
  });

  it.each(['yesterday', 5])('of another form is refused: %p', (value) => {
    expect(() => timeOf({ T: value }, 'T')).toThrow('T is not a datetime.');
  });
});

describe('a number of Kusto', () => {
  it.each([
    [0, 0],
    ['1.5', 1.5],
    [null, null],
    ['', null],
    [undefined, null],
  ])('%p is read as %p', (value, expected) => {
    expect(numberOf({ N: value }, 'N')).toBe(expected);
  });

  it('of another form is refused', () => {
    expect(() => numberOf({ N: 'many' }, 'N')).toThrow('N is not a number.');
  });
});

describe('a dynamic value of Kusto', () => {
  it.each([
    ['as JSON', [{ Id: 'a' }]],
    ['as text', '[{"Id":"a"}]'],
  ])('is read where it is sent %s', (_how, value) => {
    expect(objectsOf({ D: value }, 'D')).toEqual([{ Id: 'a' }]);
  });

  it.each([null, '', '{}', 'null', [1, 'a', null]])('%j has no objects', (value) => {
    expect(objectsOf({ D: value }, 'D')).toEqual([]);
  });
});

describe('a string of Kusto', () => {
  it.each([
    ['text', 'text'],
    [5, '5'],
    [null, ''],
  ])('%p is read as %p', (value, expected) => {
    expect(textOf({ S: value }, 'S')).toBe(expected);
  });
});
