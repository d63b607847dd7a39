/**
 * Runs a plan with the load generator of this project: requests start at the rate of the plan, and their times count from
 * when they were due. JMeter counts from when a thread sent them, so it sees a server that falls behind later than this.
 */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { sleep } from '../../net/sleep.ts';
import { atSteadyRate } from '../steady-rate.ts';
import type { LoadRun, Sample } from './criteria.ts';
import { filledText, type Values } from './jmeter-text.ts';
import type { LoadPlan, Sampler } from './plan.ts';

/** How long a server that has just been started may take for its first answers. */
const longestWarmUpMs = 60_000;

/** The rows of a CSV file whose first line is a header, and whose cells have no line breaks. */
export function dataRows(csv: string, columns: readonly string[]): readonly Values[] {
  const lines = csv.split(/\r?\n/).filter((line) => line !== '');
  return lines.slice(1).map((line) => {
    const cells = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => unquoted(cell.replace(/,$/, '')));
    return new Map(columns.map((name, index) => [name, cells?.[index] ?? '']));
  });
}

function unquoted(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

/** Runs a plan. Whatever is answered is a sample; nothing is thrown. */
export async function runPlan(plan: LoadPlan, rows: readonly Values[]): Promise<LoadRun> {
  const client = clientOf(plan);
  const next = samplersInTurn(plan.samplers);
  const samples: Sample[] = [];
  const started = performance.now();
  await atSteadyRate(
    plan.perSecond,
    async (number, due) => {
      const sampler = next();
      const result = await client.send(sampler, rowAt(rows, number));
      const isSuccess = plan.statuses.test(result);
      samples.push({ sampler: sampler.name, isSuccess, result, milliseconds: performance.now() - due });
    },
    { pieces: Math.round(plan.perSecond * plan.seconds) },
  );
  client.close();
  return { samples, seconds: (performance.now() - started) / 1000 };
}

/** Sends every request of every row until it succeeds. @throws Error where one does not within a minute */
export async function warmUp(plan: LoadPlan, rows: readonly Values[]): Promise<void> {
  const client = clientOf(plan);
  const deadline = performance.now() + longestWarmUpMs;
  for (const row of rows)
    for (const sampler of plan.samplers)
      while (!plan.statuses.test(await client.send(sampler, row))) {
        if (performance.now() > deadline)
          throw new Error(`${sampler.name} is not answered: ${[...row.values()].join()}`);
        await sleep(100);
      }
  client.close();
}

function rowAt(rows: readonly Values[], number: number): Values {
  return rows[number % rows.length] ?? new Map();
}

/**
 * Which sampler is next, as JMeter's throughput controllers decide: in each iteration, a controller that has had less
 * than its share takes part.
 */
function samplersInTurn(samplers: readonly Sampler[]): () => Sampler {
  const shares = samplers.map((sampler) => ({ sampler, percent: sampler.percent, executions: 0 }));
  const due: Sampler[] = [];
  let iterations = 0;
  return () => {
    while (due.length === 0) {
      for (const share of shares) {
        if ((100 * share.executions + 50) / (iterations + 1) >= share.percent) continue;
        share.executions++;
        due.push(share.sampler);
      }
      iterations++;
    }
    return due.shift() as Sampler;
  };
}

interface Client {
  /** The status of the answer, or why there was none. */
  send(sampler: Sampler, row: Values): Promise<string>;
  close(): void;
}

const noProperties: Values = new Map();

function clientOf({ origin, headers, threads, responseTimeoutMs }: LoadPlan): Client {
  const isSecure = origin.startsWith('https:');
  const options = { keepAlive: true, maxSockets: threads };
  const agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options);
  const request = isSecure ? httpsRequest : httpRequest;
  return {
    send: ({ method, path, parameters }, row) =>
      new Promise((resolve) => {
        const query = new URLSearchParams(
          parameters.map(
            ([name, value]) => [name, filledText(value, row, noProperties)] satisfies [string, string],
          ),
        );
        const fail = (error: Error & { code?: string }): void => resolve(error.code ?? error.message);
        const sent = request(
          `${origin}${path}?${query}`,
          { method, agent, headers, timeout: responseTimeoutMs },
          (response) => {
            response.resume().on('error', fail);
            response.on('end', () => resolve(String(response.statusCode)));
          },
        );
        sent.on('timeout', () => sent.destroy(new Error('timeout'))).on('error', fail);
        sent.end();
      }),
    close: () => agent.destroy(),
  };
}
