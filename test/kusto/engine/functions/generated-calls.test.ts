/**
 * Generated calls of every function, operator and aggregate, with every type, null and edge of argument: each gives
 * an answer, the same twice, or is refused as the request's mistake. Many more with ENGINE_CALLS.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ScalarType } from '../../../../kusto/engine/catalog.ts';
import { AGGREGATES } from '../../../../kusto/engine/functions/aggregates.ts';
import { SCALAR_GROUPS } from '../../../../kusto/engine/functions/function-table.ts';
import { OPERATORS } from '../../../../kusto/engine/functions/operators.ts';
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

const calls = Number(process.env.ENGINE_CALLS ?? 400);
const seed = Number(process.env.ENGINE_SEED ?? 1);

const LITERALS: Readonly<Record<ScalarType, readonly string[]>> = {
  string: [
    ...[
      "''",
      "'a'",
      "'AbC é😀'",
      "'1'",
      "'-9223372036854775809'",
      `'[1,"a"]'`,
      `'{"a":{"b":1}}'`,
      "'('",
      "'(a)|b'",
      "'$.a.b'",
    ],
    ...[
      "'$['",
      "'\\u0000'",
      "'2024-02-29'",
      "'1d'",
      "'%zz+%41'",
      "'yyyy-MM-dd'",
      "'day'",
      "'regex'",
      "strrep('ab', 50)",
    ],
  ],
  long: ['0', '1', '-1', '5', '1000000', '9223372036854775807', 'long(-9223372036854775808)', 'long(null)'],
  int: ['int(0)', 'int(7)', 'int(-2147483648)', 'int(null)'],
  real: ['0.0', '1.5', '-2.5', '1e300', '1e-300', 'real(nan)', 'real(+inf)', 'real(-inf)', 'real(null)'],
  bool: ['true', 'false', 'bool(null)'],
  datetime: [
    'datetime(2024-02-29 12:34:56.1234567)',
    'datetime(0001-01-01)',
    'datetime(9999-12-31 23:59:59.9999999)',
    'datetime(null)',
  ],
  timespan: ['1d', '0s', '-3h', '1tick', 'time(10675199.02:48:05.4775807)', 'time(null)'],
  dynamic: [
    ...[
      'dynamic(null)',
      'dynamic([])',
      'dynamic([1,"a",null,2.5,true,[1],{"x":1}])',
      'dynamic({})',
      "dynamic('s')",
      'dynamic(5)',
    ],
    ...['dynamic({"a":{"b":1},"c":[1]})', 'dynamic([3,1,2])', 'dynamic(["b","a"])'],
  ],
  guid: ['guid(74be27de-1e4e-49d9-b579-fe0b331d3642)', 'guid(null)'],
  decimal: [
    'decimal(1.5)',
    'decimal(-0.333333333333333333333333333333333)',
    'decimal(1e6144)',
    'decimal(1e-6176)',
    'decimal(0)',
    'decimal(null)',
  ],
};
const TYPES = Object.keys(LITERALS) as ScalarType[];
/** Most functions take these. */
const OFTEN: readonly ScalarType[] = [
  'string',
  'string',
  'string',
  'dynamic',
  'dynamic',
  'long',
  'long',
  ...TYPES,
];
/** Their arrays can have a million elements, which would take most of the time. */
const LONG_ARRAYS: ReadonlySet<string> = new Set(['range', 'repeat']);
/** The types that a series can have its axis in. */
const AXES: readonly ScalarType[] = ['long', 'int', 'real', 'datetime', 'timespan'];
const COLUMNS = TYPES.map((type) => `c_${type}: ${type}`).join(', ');
const ROWS = [0, 1, 2, 3].map((row) =>
  TYPES.map((type) => {
    const values = LITERALS[type].filter((value) => !value.startsWith('strrep'));
    return `c_${type} = ${values[(row * 7 + 1) % values.length]}`;
  }).join(', '),
);
const FUNCTIONS = SCALAR_GROUPS.flatMap(({ functions }) => functions).map(({ name }) => name);
const TOKENS = OPERATORS.map(({ name }) => name);
const AGGREGATE_NAMES = [...AGGREGATES.map(({ name }) => name), 'arg_max', 'arg_min', 'take_any'];

/** A generator that gives the same numbers every time. */
class Generator {
  #state: number;
  /** Calls that were answered: more of their kind are worth more than calls that are refused at once. */
  readonly #accepted: { readonly name: string; readonly types: readonly ScalarType[] }[] = [];
  #last: { readonly name: string; readonly types: ScalarType[] } | undefined;

  constructor(from: number) {
    this.#state = from;
  }

  accept(): void {
    if (this.#last && !LONG_ARRAYS.has(this.#last.name)) this.#accepted.push(this.#last);
  }

  query(): string {
    this.#last = undefined;
    if (this.#accepted.length > 20 && this.#below(3) > 0) {
      const { name, types } = this.#pick(this.#accepted);
      return this.#call(name, types);
    }
    const kind = this.#below(10);
    const types = Array.from({ length: this.#below(6) }, () => this.#pick(OFTEN));
    if (kind < 6) return this.#call(this.#pick(FUNCTIONS), types);
    if (kind < 8) return this.#comparison(this.#pick(TOKENS));
    if (this.#below(4) === 0) return this.#series();
    return this.#aggregate(this.#pick(AGGREGATE_NAMES), types);
  }

  #series(): string {
    const type = this.#pick(AXES);
    const [from, to] = [this.#literal(type), this.#literal(type)];
    const step = this.#literal(type === 'datetime' ? 'timespan' : type);
    const range = this.#pick([
      `from ${from} to ${to} step ${step}`,
      `in range(${from}, ${to}, ${step})`,
      `step ${step}`,
    ]);
    const value = this.#pick(['count()', 'avg(c_real)', 'max(c_long)', 'percentile(c_long, 50)']);
    const fallback = this.#below(2) === 0 ? '' : ' default=real(null)';
    const by = this.#below(2) === 0 ? '' : ` by c_${this.#pick(TYPES)}`;
    return `T | make-series ${value}${fallback} on c_${type} ${range}${by}`;
  }

  #call(name: string, types: readonly ScalarType[]): string {
    this.#last = { name, types: [...types] };
    const call = `${name}(${types.map((type) => this.#argument(type)).join(', ')})`;
    if (LONG_ARRAYS.has(name)) return `T | take 1 | project x = array_length(${call})`;
    const around = ['T | project x = @', 'T | where isnotnull(@)', 'T | summarize count() by x = @'];
    if (!call.includes('c_')) around.push('print x = @');
    return this.#pick(around).replace('@', () => call);
  }

  #comparison(token: string): string {
    const [a, b, c] = [0, 1, 2].map(() => this.#argument(this.#pick(OFTEN)));
    if (token.includes('between')) return `T | project x = ${a} ${token} (${b} .. ${c})`;
    return `T | project x = ${a} ${token} ${/in~?$|has_a/.test(token) ? `(${b}, ${c})` : b}`;
  }

  #aggregate(name: string, types: readonly ScalarType[]): string {
    const args = types.slice(0, 3).map((type) => (this.#below(2) === 0 ? `c_${type}` : this.#argument(type)));
    return `T | summarize ${name}(${args.join(', ')})${this.#below(2) === 0 ? '' : ` by c_${this.#pick(TYPES)}`}`;
  }

  #argument(type: ScalarType): string {
    return this.#below(3) === 0 ? `c_${type}` : this.#literal(type);
  }

  #literal(type: ScalarType): string {
    return this.#pick(LITERALS[type]);
  }

  #pick<Value>(values: readonly Value[]): Value {
    return values[this.#below(values.length)] as Value;
  }

  #below(limit: number): number {
    this.#state = (this.#state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((this.#state / 2_147_483_648) * limit);
  }
}

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
  await engine.rows(`.create table T (${COLUMNS})`);
  for (const row of ROWS) await engine.rows(`.append T <| print ${row}`);
});
afterAll(() => engine.close());

/** The status and the text of an answer, without what differs from time to time. */
async function ask(query: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${engine.url}/v1/rest/query`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ db: engine.database, csl: query }),
  });
  const { Tables, error } = (await response.json()) as {
    Tables?: readonly [unknown];
    error?: { '@message': string };
  };
  return { status: response.status, text: JSON.stringify(Tables?.[0] ?? error?.['@message']) };
}

test('generated calls are answered, the same twice, or refused', async () => {
  const generator = new Generator(seed);
  const wrong: string[] = [];
  let answered = 0;
  for (let call = 0; call < calls; call++) {
    const query = generator.query();
    const first = await ask(query);
    if (first.status === 400 && first.text.length > 2) continue;
    const second = await ask(query);
    if (first.status !== 200 || first.text !== second.text)
      wrong.push(`${query}\n${first.status} ${first.text}\n${second.text}`);
    answered += 1;
    generator.accept();
  }
  expect(wrong).toEqual([]);
  expect(answered).toBeGreaterThan(calls / 25);
});
