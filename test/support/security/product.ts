/** Every port of the product, in a process of its own, so that a test sees whether a request has ended it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dataFolder } from '../engine/data-folder.ts';
import { type ServedEngine, serveEngine } from '../engine/engine.ts';
import { appliedFolder } from '../engine/prepared-folder.ts';
import { programArguments } from '../program.ts';

/** The servers that listen, by name. */
export const portNames = ['api', 'engine', 'page', 'files', 'served'] as const;
export type PortName = (typeof portNames)[number];

export interface Product {
  /** Origins: the API with webhook and gates, the engine of `npm start`, the page, the files, `kusto serve --no-token`. */
  readonly origins: Readonly<Record<PortName, string>>;
  /** Of the engine of `npm start`. */
  readonly token: string;
  readonly webhookSecret: string;
  /** What went wrong in the processes so far: lines of their logs and of standard error, and their ends. */
  troubles(): string[];
  stop(): Promise<void>;
}

const webhookSecret = 'correct horse battery staple';

/** Starts all of them, with the definitions applied and no data. */
export async function startProduct(): Promise<Product> {
  const [data, pages, served] = [await appliedFolder(), dataFolder(), dataFolder()];
  for (const folder of ['extension', 'devhost/page'])
    mkdirSync(join(pages.path, folder), { recursive: true });
  writeFileSync(join(pages.path, 'extension', 'build-results.html'), 'the tab');
  writeFileSync(join(pages.path, 'devhost/page', 'index.html'), 'the page');
  const program = programArguments('test/support/security/product-process.ts');
  const child = spawn(process.execPath, [...program, pages.path], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      LOG_LEVEL: 'error',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      DATA_DIR: data.path,
      CHANGELOG_SECRET: webhookSecret,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = linesOf(child);
  const engine: ServedEngine = await serveEngine(served.path);
  const processes = [child, engine.process];
  const origins = { ...(await originsOf(child, lines)), served: engine.url };
  const { token } = JSON.parse(readFileSync(join(data.path, 'engine.json'), 'utf8'));
  return {
    origins,
    token,
    webhookSecret,
    troubles: () => [
      ...lines.filter((line) => !/^(API|Docs|Contract|Kusto|Page|Files) /.test(line)),
      ...processes
        .filter((one) => one.exitCode !== null || one.signalCode !== null)
        .map(() => 'a process ended'),
    ],
    async stop() {
      const ends = processes.map((one) => once(one, 'exit'));
      for (const one of processes) one.kill('SIGTERM');
      await Promise.all(ends);
      for (const folder of [data, pages, served]) folder.remove();
    },
  };
}

/** What the process writes, line by line; grows. */
function linesOf({ stdout, stderr }: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [stdout, stderr])
    if (stream) createInterface(stream).on('line', (line) => lines.push(line));
  return lines;
}

async function originsOf(
  child: ChildProcess,
  lines: readonly string[],
): Promise<Record<Exclude<PortName, 'served'>, string>> {
  const printed = (name: string) =>
    lines.map((line) => new RegExp(`^${name} +(http:\\S+)`).exec(line)?.[1]).find(Boolean);
  while (printed('Files') === undefined) {
    if (child.exitCode !== null) throw new Error(`The product did not start:\n${lines.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const [api = '', engine = '', page = '', files = ''] = ['API', 'Kusto', 'Page', 'Files'].map(printed);
  return { api, engine, page, files };
}
