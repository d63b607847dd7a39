/**
 * The triggers of a Functions app, by what it serves. HTTP is answered by the app; the changelog takes the queue's
 * messages and does on timers what a server does in loops; open waits are watched by a timer. The host runs a
 * timer in one instance at a time, and not again before it has ended. What runs inside of a process besides
 * (mapping and artifacts right after an event) is faster, and may be lost: the timers find what it left.
 */
import type functions from '@azure/functions';
import type { FastifyInstance } from 'fastify';
import type { ApiName } from '../../api/paths.ts';
import { jobRoundMs } from '../../kusto/jobs/round.ts';
import type { JobScheduler } from '../../kusto/jobs/scheduler.ts';
import { timeLimit } from '../../net/time-limit.ts';
import type { Gates } from '../gates/gates.ts';
import { handlerOf } from './functions-adapter.ts';
import type { HostRounds } from './rounds.ts';

/** Where functions are registered: `app` of the Functions library. */
export type FunctionRegistry = Pick<(typeof functions)['app'], 'http' | 'storageQueue' | 'timer'>;

/** Registers functions of one app. */
export interface Registration {
  readonly registry: FunctionRegistry;
  /** An HTTP function that reads, and answers `methods` besides; by default, everything below its name. */
  serve(name: string, methods?: readonly ('POST' | 'DELETE')[], route?: string): void;
  /** A timer's function. */
  repeat(name: keyof typeof schedules, round: (signal: AbortSignal) => Promise<void>): void;
}

export interface FunctionParts {
  readonly app: FastifyInstance;
  readonly apis: readonly ApiName[];
  /** The mapping jobs, where they run here. */
  readonly jobs: Pick<JobScheduler, 'round'> | undefined;
  /** Registers the functions of the changelog, where it is served. */
  readonly changelog: ((registration: Registration) => void) | undefined;
  /** Looks D2B up ahead, where that is done here. */
  readonly warmUp: Pick<HostRounds, 'round'> | undefined;
  /** Asks the service as its callers do, where that is done here. */
  readonly canary: Pick<HostRounds, 'round'> | undefined;
  readonly gates: Gates | undefined;
  /** Ends rounds under way when the host ends the process. */
  readonly stopping: AbortSignal;
}

/** Six fields: the first is the second. */
const schedules = {
  mappingJobs: `*/${jobRoundMs / 1000} * * * * *`,
  artifacts: '20 * * * * *',
  environments: '40 * * * * *',
  reconcile: '0 */15 * * * *',
  gateWaits: '*/15 * * * * *',
  d2bWarmUp: '0 */10 * * * *',
  canary: '30 */5 * * * *',
} as const;

/** Rounds end by themselves before `functionTimeout` of host.json does it, and are gone on with. */
const longestRoundMs = 8 * 60_000;

/** Registers everything that `parts` serve. The route prefix in host.json must be empty. */
export function registerTriggers(registry: FunctionRegistry, parts: FunctionParts): void {
  const { app, apis, jobs, changelog, warmUp, canary, gates, stopping } = parts;
  const handler = handlerOf(app);
  const serve = (
    name: string,
    methods: readonly ('POST' | 'PUT' | 'DELETE')[] = [],
    route = `${name}/{*rest}`,
  ): void =>
    registry.http(name, {
      route,
      methods: ['GET', 'HEAD', 'OPTIONS', ...methods],
      authLevel: 'anonymous',
      handler,
    });
  const repeat = (name: keyof typeof schedules, round: (signal: AbortSignal) => Promise<void>): void =>
    registry.timer(name, {
      schedule: schedules[name],
      handler: () => round(timeLimit(longestRoundMs, stopping)),
    });

  for (const name of [...apis, 'health', 'docs'])
    serve(name, name === 'introspection' ? ['PUT', 'POST'] : []);
  serve('openapi', [], 'openapi.json');
  if (gates) serve('gates', ['POST', 'DELETE']);
  if (gates?.watch) repeat('gateWaits', gates.watch);
  changelog?.({ registry, serve, repeat });
  if (jobs) repeat('mappingJobs', (signal) => jobs.round(signal));
  if (warmUp) repeat('d2bWarmUp', (signal) => warmUp.round(signal));
  if (canary) repeat('canary', (signal) => canary.round(signal));
}
