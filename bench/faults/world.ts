/**
 * What faults are tried on: the API as it ships, in a process of its own, over a real redis-server and an engine that
 * is a process too. Between them stand proxies that can slow them down; the authority and Azure DevOps stand beside them.
 * For one more service, start it here, give its address to the API's environment, and add its faults to `faults.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { demoBuilds } from '../../kusto/demo/builds.ts';
import { DEFAULT_DATABASE } from '../../kusto/engine/engine.ts';
import { type ServedEngine, serveEngine } from '../../test/support/engine/engine.ts';
import { type KustoProxy, startKustoProxy } from '../../test/support/engine/kusto-proxy.ts';
import { demoFolder } from '../../test/support/engine/prepared-folder.ts';
import { freePort } from '../../test/support/free-port.ts';
import { programArguments } from '../../test/support/program.ts';
import { startRedis, type TestRedis } from '../../test/support/redis/redis.ts';
import { type SlowProxy, startSlowProxy } from '../../test/support/slow-proxy.ts';
import { type Guard, startGuard } from '../guard.ts';
import type { Credentials } from './load.ts';

export interface FaultWorld {
  /** Where the API answers. */
  readonly url: string;
  /** The authority, Azure DevOps, and who asks. */
  readonly guard: Guard;
  /** What the program sends as of now. */
  program: Credentials;
  /** What a user sends whose rights Azure DevOps tells. */
  readonly user: Credentials;
  readonly redis: TestRedis;
  /** Between the API and Redis. */
  readonly redisNetwork: SlowProxy;
  readonly engine: RestartableEngine;
  /** Between the API and the engine. */
  readonly kusto: KustoProxy;
  readonly kustoNetwork: SlowProxy;
  /** Memory of the API's process; undefined where the system does not tell. */
  residentMegabytes(): number | undefined;
  close(): Promise<void>;
}

export interface RestartableEngine {
  kill(): Promise<void>;
  start(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

const settings = { APIS: 'b2d,d2b,p2b', PORT: '0', LOG_LEVEL: 'error' };
const freshSettings = ['B2D_CACHE_SECONDS', 'D2B_CACHE_SECONDS', 'D2B_YOUNG_CACHE_SECONDS'];

/**
 * Starts everything; the API answers when this returns.
 *
 * @param freshSeconds how long answers are fresh: short, so that a steady load keeps asking Redis and Kusto
 */
export async function startFaultWorld(freshSeconds: number): Promise<FaultWorld> {
  const folder = await demoFolder();
  const redis = await startRedis();
  const port = await freePort();
  let served: ServedEngine = await serveEngine(folder.path, ['--port', String(port)]);
  const redisNetwork = await startSlowProxy(redis.port);
  const kusto = await startKustoProxy(`http://127.0.0.1:${port}`);
  const kustoNetwork = await startSlowProxy(Number(new URL(kusto.url).port));
  const guard = await startGuard(demoBuilds);
  const api = spawn(process.execPath, programArguments('backend/hosts/server.ts'), {
    env: {
      PATH: process.env.PATH,
      ...settings,
      ...guard.settings,
      ...Object.fromEntries(freshSettings.map((name) => [name, String(freshSeconds)])),
      KUSTO_CLUSTER: `http://127.0.0.1:${kustoNetwork.port}`,
      KUSTO_DATABASE: DEFAULT_DATABASE,
      REDIS_URL: `redis://127.0.0.1:${redisNetwork.port}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(api);
  return {
    url,
    guard,
    program: { headers: guard.headers, isAcceptable: true },
    user: { headers: await guard.newUser(), isAcceptable: true },
    redis,
    redisNetwork,
    engine: {
      kill: () => served.kill(),
      async start() {
        served = await serveEngine(folder.path, ['--port', String(port)]);
      },
      freeze: () => void served.process.kill('SIGSTOP'),
      thaw: () => void served.process.kill('SIGCONT'),
    },
    kusto,
    kustoNetwork,
    residentMegabytes: () => residentMegabytesOf(api),
    async close() {
      const ended = once(api, 'exit');
      api.kill('SIGKILL');
      await ended;
      await kustoNetwork.close();
      await kusto.close();
      await redisNetwork.close();
      await served.kill();
      await redis.close();
      await guard.close();
      folder.remove();
    },
  };
}

async function addressOf(api: ChildProcess): Promise<string> {
  if (!api.stdout) throw new TypeError('the process has no standard output');
  const [line] = await Promise.race([
    once(createInterface(api.stdout), 'line'),
    once(api, 'exit').then(() => ['']),
  ]);
  const url = /http:\/\/\S+/.exec(String(line))?.[0];
  if (url === undefined) throw new Error(`the API did not start: ${line}`);
  return url;
}

function residentMegabytesOf({ pid }: ChildProcess): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}
