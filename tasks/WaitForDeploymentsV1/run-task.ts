/** The task, from its inputs to its result. Everything it touches is passed in, so that tests can run all of it. */
import { createClient } from '../../api/client.ts';
import { passesFilters } from '../../wait/filters.ts';
import { headline } from '../../wait/headline.ts';
import { createObserver } from '../../wait/observe.ts';
import { waitForDeployments } from '../../wait/wait.ts';
import type { Agent } from './agent.ts';
import { createTokenSource } from './authentication.ts';
import { readInputs } from './inputs.ts';
import { Report } from './report.ts';

export interface TaskWorld {
  readonly agent: Agent;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970, never going backwards. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  random(): number;
  /** Aborted when the user cancels. */
  readonly signal: AbortSignal;
}

const howToGetAccess =
  'Ask an administrator to give the identity of the service connection the app role Deployments.Read.All or a grant of this organization, and check its tenant id, client id and audience.';

/** Waits, reports, and sends `task.complete` exactly once. Never rejects. */
export async function runTask(world: TaskWorld): Promise<void> {
  const { agent } = world;
  try {
    const { inputs, mistakes } = readInputs(agent);
    if (mistakes) {
      for (const { field, message } of mistakes)
        agent.command('task.logissue', { type: 'error' }, `${field} ${message}`);
      complete(
        agent,
        'Failed',
        `${mistakes.length === 1 ? 'One input is' : `${mistakes.length} inputs are`} invalid.`,
      );
      return;
    }
    const tokens = createTokenSource(inputs.connection, agent, world);
    const client = createClient({
      baseUrl: inputs.url,
      token: () => tokens.token(),
      fetch: world.fetch,
      retry: { attempts: 2, longestRetryAfterMs: 0 },
    });
    const poll = createObserver(client, inputs.build, {
      renewToken: () => tokens.renew(),
      howToGetAccess,
      concerns: (deployment) => passesFilters(inputs.criteria, deployment),
    });
    const report = new Report(agent, inputs, () => world.now());
    report.begin();
    const result = await waitForDeployments(inputs.criteria, {
      poll,
      now: () => world.now(),
      sleep: (milliseconds, signal) => world.sleep(milliseconds, signal),
      random: () => world.random(),
      signal: world.signal,
      report: (progress) => report.progress(progress),
    });
    complete(agent, report.end(result), headline(result, inputs.criteria));
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : 'unknown error';
    agent.command(
      'task.logissue',
      { type: 'error' },
      `Unexpected error in the task; please report it. ${message}`,
    );
    complete(agent, 'Failed', 'Unexpected error in the task.');
  }
}

function complete(agent: Agent, result: string, message: string): void {
  agent.command('task.complete', { result }, message);
}
