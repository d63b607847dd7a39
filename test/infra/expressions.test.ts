/** Expressions of ARM templates: what they say, and what Azure alone can say. */
import { evaluateJson, type Scope } from '../../infra/expressions/evaluate.ts';
import { asJson, EvaluationError } from '../../infra/expressions/functions.ts';
import { ExpressionError, parseExpression } from '../../infra/expressions/parse.ts';
import type { Json } from '../../infra/json.ts';

const scope: Scope = {
  parameters: new Map<string, Json>([
    ['names', { app: 'dpl-{0}', plan: 'p' }],
    ['apps', ['b2d', 'd2b']],
    ['size', '3'],
  ]),
  variable: (name) => (name === 'sizes' ? { small: 1 } : undefined),
  copies: new Map([['', 1]]),
  subscriptionId: 's',
  tenantId: 't',
  resourceGroup: { name: 'g', location: 'here' },
};
const evaluated = (text: Json): Json => asJson(evaluateJson(text, scope));

test.each<[string, Json]>([
  ["[parameters('names').plan]", 'p'],
  ["[format(parameters('names').app, parameters('apps')[copyIndex()])]", 'dpl-d2b'],
  ["[format('it''s {0} {1}', 1, true())]", "it's 1 true"],
  ["[int(parameters('size'))]", 3],
  ["[variables('sizes').small]", 1],
  ["[concat('a', 'b', 1)]", 'ab1'],
  ['[concat(createArray(1), createArray(2))]', [1, 2]],
  ["[if(equals('A', 'a'), 'same', parameters('nothing'))]", 'same'],
  ["[union(createObject('a', 1, 'b', 2), createObject('b', 3))]", { a: 1, b: 3 }],
  ['[union(createArray(1, 2), createArray(2, 3))]', [1, 2, 3]],
  ["[replace(toUpper(trim(' ab ')), 'B', 'c')]", 'Ac'],
  ["[join(split('a,b', ','), '+')]", 'a+b'],
  ["[take(first(createArray('word')), 2)]", 'wo'],
  ['[last(range(1, 3))]', 3],
  ["[substring('words', 1, 2)]", 'or'],
  ["[and(startsWith('ab', 'a'), endsWith('ab', 'b'), not(empty('x')))]", true],
  ["[or(contains(createObject('Key', 1), 'key'), false())]", true],
  ["[contains(createArray('b2d'), 'b2d')]", true],
  ["[length(createObject('a', 1))]", 1],
  ["[indexOf(parameters('apps'), 'd2b')]", 1],
  ['[json(\'{"a": [1]}\').a[0]]', 1],
  ["[coalesce(null(), 'x')]", 'x'],
  ["[bool('False')]", false],
  ['[add(mul(2, 3), sub(div(7, 2), mod(7, 2)))]', 8],
  ['[max(1, min(5, 4))]', 4],
  ['[greater(2, 1)]', true],
  ['[less(2, 1)]', false],
  ['[string(createArray(1))]', '[[1]'],
  ["[base64('a')]", 'YQ=='],
  ["[uri('https://x.example/a/', 'b')]", 'https://x.example/a/b'],
  ["[resourceId('A.B/c/d', 'x', 'y')]", '/subscriptions/s/resourceGroups/g/providers/A.B/c/x/d/y'],
  ["[resourceId('other', 'A.B/c', 'x')]", '/subscriptions/s/resourceGroups/other/providers/A.B/c/x'],
  ["[subscriptionResourceId('A.B/c', 'x')]", '/subscriptions/s/providers/A.B/c/x'],
  ["[extensionResourceId('/base', 'A.B/c', 'x')]", '/base/providers/A.B/c/x'],
  [
    "[format('{0} {1} {2}', resourceGroup().location, subscription().tenantId, environment().suffixes.storage)]",
    'here t core.windows.net',
  ],
  ['[[not an expression]', '[[not an expression]'],
  ['plain', 'plain'],
])('%s is %j', (text, value) => {
  expect(evaluated(text)).toEqual(value);
});

test('what Azure alone knows stays an expression, with all else in its place', () => {
  expect(
    evaluated("[reference(resourceId('A.B/c', parameters('names').plan), '2024-01-01').keys[0].value]"),
  ).toBe("[reference('/subscriptions/s/resourceGroups/g/providers/A.B/c/p', '2024-01-01').keys[0].value]");
  expect(evaluated("[createObject('id', guid('a''b', 1), 'size', int(parameters('size')))]")).toEqual({
    id: "[guid('a''b', 1)]",
    size: 3,
  });
  expect(evaluated("[if(equals(reference('x').y, 1), createArray(null()), createObject('k', true()))]")).toBe(
    "[if(equals(reference('x').y, 1), createArray(null()), createObject('k', true()))]",
  );
  expect(evaluated("[union(reference('x').y, createObject())]")).toBe(
    "[union(reference('x').y, createObject())]",
  );
  expect(evaluated("[concat('a', reference('x').y)]")).toBe("[concat('a', reference('x').y)]");
  expect(evaluated("[parameters('names')[reference('x').y]]")).toContain("[reference('x').y]]");
});

test('a loop over a property gives a value for each of its turns', () => {
  const loop = { copy: [{ name: 'places', count: 2, input: { id: "[copyIndex('places')]" } }], other: 1 };
  expect(evaluated(loop)).toEqual({ places: [{ id: 0 }, { id: 1 }], other: 1 });
});

test.each([
  ["[concat('a']", '")" is missing'],
  ["[concat('a)]", 'a text does not end'],
  ["[concat('a') 'b']", 'the expression should have ended'],
  ['[parameters]', '"(" is missing'],
  ['[concat(,)]', 'a name is missing'],
  ["[parameters('x'][0]]", '")" is missing'],
])('%s is refused: %s', (text, message) => {
  expect(() => parseExpression(text)).toThrow(ExpressionError);
  expect(() => parseExpression(text)).toThrow(message);
});

test.each([
  ["[format('{1}', 'a')]", 'format has no item {1}'],
  ["[parameters('nothing')]", 'there is no parameter nothing'],
  ["[variables('nothing')]", 'there is no variable nothing'],
  ["[parameters('names').nothing]", 'there is no "nothing"'],
  ["[copyIndex('other')]", 'there is no loop other'],
  ["[int('x')]", 'is not a whole number'],
  ["[bool('x')]", 'is neither true nor false'],
  ['[toLower(1)]', 'is not a text'],
  ["[add('1', 2)]", 'is not a number'],
  ["[join('a', ',')]", 'is not a list'],
  ['[union(1)]', 'is not an object'],
  ["[if('x', 1, 2)]", 'neither true nor false'],
  ["[createObject('a')]", 'a value for every key'],
  ['[nothing()]', 'there is no function nothing'],
  ["[toLower('a', 'b')]", 'toLower does not take 2 arguments'],
  ["[resourceId('x', 'y')]", 'names no type'],
  ["[resourceId('A.B/c/d', 'x')]", 'has 2 names, and 1 are given'],
])('%s has no value: %s', (text, message) => {
  expect(() => evaluated(text)).toThrow(EvaluationError);
  expect(() => evaluated(text)).toThrow(message);
});
