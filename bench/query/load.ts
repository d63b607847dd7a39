/**
 * An HTTP load from one process: keep-alive connections, each asking its next question as soon as the last
 * is answered (`closedLoop`), or questions at a fixed rate whatever the answers do (`steadyRate`, which
 * counts the waiting that a slow answer causes for those behind it).
 */

import { Agent, get } from 'node:http';
import { sleep } from '../../net/sleep.ts';

/** Latencies in milliseconds, of answers with status 200 alone; anything else counts as an error. */
export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** The value below which `share` (0 to 1) of `sorted` lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function ask(url: string, agent: Agent): Promise<boolean> {
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

/** Asks until `times` answers in a row have come, so that what is compiled on first use is there. */
export async function warmUp(nextUrl: () => string, times: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const deadline = performance.now() + 60_000;
  for (let answered = 0; answered < times; ) {
    answered = (await ask(nextUrl(), agent)) ? answered + 1 : 0;
    if (performance.now() > deadline) throw new Error('No answers within a minute of warming up');
  }
  agent.destroy();
}

/** Keeps `concurrency` questions in flight for `seconds`. */
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
      const asked = performance.now();
      if (await ask(nextUrl(), agent)) latencies.push(performance.now() - asked);
      else errors++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  return summarise(latencies, errors, (performance.now() - started) / 1000);
}

/** Asks `perSecond` questions a second for `seconds`; latency counts from when a question was due. */
export async function steadyRate(
  nextUrl: () => string,
  perSecond: number,
  seconds: number,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const latencies: number[] = [];
  let errors = 0;
  const started = performance.now();
  const pending: Promise<void>[] = [];
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = started + (n * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    pending.push(
      ask(nextUrl(), agent).then((ok) => {
        if (ok) latencies.push(performance.now() - due);
        else errors++;
      }),
    );
  }
  await Promise.all(pending);
  agent.destroy();
  return summarise(latencies, errors, (performance.now() - started) / 1000);
}
