/**
 * Every regular expression that can see text from outside, against long hostile strings: blanks, repeated parts of the
 * expression, and strings that nearly match. Work must grow in proportion to the text. An expression that tries again
 * at every position takes ten billion steps here, which no machine does within the limit; the others take a hundredth
 * of it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { parseSync } from '@swc/core';
import { lookupParameters } from '../../api/lookups.ts';

interface Expression {
  readonly place: string;
  readonly pattern: string;
  readonly flags: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders = [
  'api',
  'azure-devops',
  'backend',
  'changelog',
  'cli',
  'devhost',
  'kusto/client',
  'kusto/engine',
  'net',
  'settings',
  'tab',
  'tasks',
  'wait',
];
const length = 100_000;
/** For all strings of an expression, and for one of them: most take some milliseconds. */
const limitMs = 10_000;
const stringLimitMs = 1_000;

/** The expressions that stand in the source. Those of kusto/schema read only this repository's own files. */
function written(): Expression[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !/\.d\.ts$|node_modules/.test(file))
      .flatMap((file) => {
        const text = readFileSync(join(root, folder, file), 'utf8');
        const program = parseSync(text, { syntax: 'typescript', tsx: file.endsWith('x') });
        return literalsIn(program).map((literal) => ({ place: `${folder}/${file}`, ...literal }));
      }),
  );
}

function literalsIn(node: unknown): Pick<Expression, 'pattern' | 'flags'>[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, pattern, flags } = node as Readonly<Record<string, unknown>>;
  if (type === 'RegExpLiteral') return [{ pattern: String(pattern), flags: String(flags) }];
  return Object.values(node).flatMap(literalsIn);
}

/** Those that are put together from parts. */
function assembled(): Expression[] {
  const parameters = Object.values(lookupParameters).flat();
  return parameters.flatMap(({ name, schema }) =>
    'pattern' in schema ? [{ place: name, pattern: String(schema.pattern), flags: 'u' }] : [],
  );
}

const characters = [...' \t\naA0_-./\\:=%"\'<{[(`|;,#&+*é\0'];

/** Repeated parts, with what may precede and follow them. */
function hostile(pattern: string): (readonly [prefix: string, part: string, suffix: string])[] {
  const literal = pattern
    .replace(/\\[a-zA-Z](?:\{[^}]*\})?/g, ' ')
    .replace(/\(\?[:=!<][=!]?|\[[^\]]*\]|[()|?*+{}^$\\]/g, ' ');
  const words = [...new Set(literal.split(' ').filter((word) => word !== '' && word.length < 40))].slice(
    0,
    6,
  );
  const parts = [
    ...characters,
    ...words.flatMap((word) => [word, `${word}a`, `${word} `]),
    ...['a.', 'a ', 'a-', 'a/', 'a,', 'a=', 'a;', '0.', '0 ', ' \n'],
  ];
  const prefixes = new Set(['', 'a', ...words.slice(0, 4), `${words.join('')}a`]);
  return [...new Set(parts)].flatMap((part) =>
    [...prefixes].flatMap((prefix) => ['', '\0'].map((suffix) => [prefix, part, suffix] as const)),
  );
}

const worker = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ pattern, flags, strings, length, progress }) => {
    const expression = new RegExp(pattern, flags);
    for (const [prefix, part, suffix] of strings) {
      const text = prefix + part.repeat(Math.ceil(length / part.length)) + suffix;
      if (flags.includes('g')) text.replace(expression, '');
      else expression.test(text);
      Atomics.add(progress, 0, 1);
    }
    parentPort.postMessage('done');
  });`;

describe('a regular expression', () => {
  let running: Worker | undefined;
  afterAll(() => running?.terminate());

  /** Whether it comes to an end with every hostile string within the limits. */
  async function ends({ pattern, flags }: Pick<Expression, 'pattern' | 'flags'>): Promise<boolean> {
    const current = running ?? new Worker(worker, { eval: true });
    running = current;
    const progress = new Int32Array(new SharedArrayBuffer(4));
    let timer: NodeJS.Timeout | undefined;
    const ended = await new Promise<boolean>((resolve, reject) => {
      let tested = 0;
      let passedMs = 0;
      timer = setInterval(() => {
        passedMs += stringLimitMs;
        const before = tested;
        tested = Atomics.load(progress, 0);
        if (tested === before || passedMs >= limitMs) resolve(false);
      }, stringLimitMs);
      current.removeAllListeners();
      current.once('error', reject);
      current.once('message', () => resolve(true));
      current.postMessage({ pattern, flags, strings: hostile(pattern), length, progress });
    });
    clearInterval(timer);
    if (!ended) {
      running = undefined;
      await current.terminate();
    }
    return ended;
  }

  it('that looked for base64 would be found', async () => {
    expect(await ends({ pattern: '^[A-Za-z0-9+/\\s]+={0,2}\\s*$', flags: '' })).toBe(false);
  }, 60_000);

  const expressions = [...written(), ...assembled()];
  /** By expression: some stand in several places. */
  const seen = new Map<string, Promise<boolean>>();
  const endsOnce = (expression: Expression): Promise<boolean> => {
    const name = `/${expression.pattern}/${expression.flags}`;
    const ended = seen.get(name) ?? ends(expression);
    seen.set(name, ended);
    return ended;
  };

  it('is found wherever it stands', () => {
    expect(expressions.length).toBeGreaterThan(150);
    const places = new Set(expressions.map(({ place }) => place.split('/')[0]));
    expect([...places]).toEqual(
      expect.arrayContaining(['api', 'changelog', 'cli', 'kusto', 'tab', 'tasks', 'wait']),
    );
  });

  it.each(
    expressions.map(({ place, pattern, flags }) => [`/${pattern}/${flags}`, place, { pattern, flags }]),
  )(
    '%s in %s reads long hostile text',
    async (_expression, _place, expression) => {
      expect(await endsOnce(expression as Expression)).toBe(true);
    },
    60_000,
  );
});
