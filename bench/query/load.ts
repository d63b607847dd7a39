/**
 * An HTTP load from one process over keep-alive connections. With `closedLoop`, each connection sends its next request
 * when the last is answered. With `steadyRate`, requests have a fixed rate, and the time that they wait behind a slow
 * answer counts.
 */

import { Agent, get } from 'node:http';
import { atSteadyRate } from '../steady-rate.ts';

/** Latencies, in milliseconds, of answers with status 200. All others count as errors. */
export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** The percentile `share` (0 to 1) of sorted values. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function request(url: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    }).on('error', () => resolve(false));
  });
}

function summarise(latencies: number[], errors: number, seconds: number): LoadResult {
  latencies.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    errors,
    perSecond: latencies.length / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

/** Sends requests until `times` in a row have succeeded, so that everything is compiled. */
export async function warmUp(nextUrl: () => string, times: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const deadline = performance.now() + 60_000;
  for (let answered = 0; answered < times; ) {
    answered = (await request(nextUrl(), agent)) ? answered + 1 : 0;
    if (performance.now() > deadline) throw new Error('Warming up did not succeed within a minute');
  }
  agent.destroy();
}

/** Keeps `concurrency` requests in flight for `seconds`. */
export async function closedLoop(
  nextUrl: () => string,
  concurrency: number,
  seconds: number,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const latencies: number[] = [];
  let errors = 0;
  const started = performance.now();
  const end = started + seconds * 1000;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const sentAt = performance.now();
      if (await request(nextUrl(), agent)) latencies.push(performance.now() - sentAt);
      else errors++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  return summarise(latencies, errors, (performance.now() - started) / 1000);
}

/** Sends `perSecond` requests a second for `seconds`. Latencies count from when a request was due. */
export async function steadyRate(
  nextUrl: () => string,
  perSecond: number,
  seconds: number,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const latencies: number[] = [];
  let errors = 0;
  const started = performance.now();
  const send = async (_number: number, due: number): Promise<void> => {
    if (await request(nextUrl(), agent)) latencies.push(performance.now() - due);
    else errors++;
  };
  await atSteadyRate(perSecond, send, { pieces: perSecond * seconds });
  agent.destroy();
  return summarise(latencies, errors, (performance.now() - started) / 1000);
}
