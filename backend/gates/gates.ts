/**
 * The agentless form of a wait, under `/gates/v1`:
 * - `POST evaluations` answers at once: satisfied, notYet or failed;
 * - `POST waits` registers a wait and answers at once; the watcher calls back when it is over. With
 *   `?waitForCompletion=false` it answers like `evaluations`, because a task has one address only;
 * - `DELETE waits/{planId}/{jobId}/{taskId}` cancels;
 * - `GET connection` lets "Verify" of a service connection succeed.
 */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { KustoClient } from '../../kusto/client/client.ts';
import { sendMistakes, sendProblem } from '../errors.ts';
import { evaluate } from './evaluate.ts';
import { observeBuild } from './observe-build.ts';
import { readPlanTask, readWaitRequest, type WaitRequest, waitIdOf } from './wait-request.ts';
import { openWaitStore, type WaitStore } from './wait-store.ts';
import { Watcher } from './watcher.ts';

export interface GateOptions {
  readonly kusto: KustoClient;
  /** Without them, evaluations are answered, and waits cannot be registered. */
  readonly waits?: {
    /** 32 bytes that seal the tokens of plans while they are stored. */
    readonly key: Buffer;
    /** Hosts that may be called back; see `callback-host.ts`. */
    readonly callbackHosts: readonly string[];
    /** Whether they are watched as long as `app` runs, which is the default, or only by calls of `watch`. */
    readonly inBackground?: boolean;
    readonly tickMs?: number;
    readonly leaseMs?: number;
  };
}

export interface Gates {
  /** Watches open waits until there are none or `signal` ends; undefined where none can be registered. */
  readonly watch: ((signal: AbortSignal) => Promise<void>) | undefined;
}

const longestWaitMs = 72 * 3_600_000;
const longestBody = 64 * 1_024;

/** Adds the routes to `app`, and runs the watcher as long as `app`. */
export function serveGates(app: FastifyInstance, { kusto, waits }: GateOptions): Gates {
  const store = waits && openWaitStore(kusto, waits.key, Date.now);
  const watcher = waits && store && watcherOf(app, kusto, waits, store);
  if (watcher) {
    if (waits.inBackground !== false) app.addHook('onReady', async () => watcher.start());
    app.addHook('preClose', () => watcher.stop());
  }

  app.register(async (scope) => {
    readBodiesAsText(scope);

    scope.get('/gates/v1/connection', async (_request, reply) => {
      return reply.header('cache-control', 'no-store').send({ status: 'ok' });
    });

    scope.post('/gates/v1/evaluations', async (request, reply) => {
      const reading = readWaitRequest(parsed(request.body));
      if (reading.mistakes) return refuse(reply, reading.mistakes);
      return evaluateNow(reading.value, request, reply);
    });

    scope.post<{ Querystring: { raw: string } }>('/gates/v1/waits', async (request, reply) => {
      const reading = readWaitRequest(parsed(request.body));
      if (reading.mistakes) return refuse(reply, reading.mistakes);
      const { value: wait } = reading;
      const completion = new URLSearchParams(request.query.raw).get('waitForCompletion');
      if (completion?.toLowerCase() === 'false') return evaluateNow(wait, request, reply);
      if (!waits || !store) return sendProblem(reply, { status: 503, message: notConfigured });
      if (wait.criteria.timeoutMs > longestWaitMs) {
        return refuse(reply, [
          { target: 'criteria.timeout', message: 'must be at most 72h without an agent' },
        ]);
      }
      const plan = readPlanTask(request.headers, waits.callbackHosts);
      if (plan.mistakes) return refuse(reply, plan.mistakes);
      const id = await store.register(wait, plan.value.task, plan.value.token);
      return reply.code(202).send({ id, status: 'watching' });
    });

    scope.delete<{ Params: { planId: string; jobId: string; taskId: string } }>(
      '/gates/v1/waits/:planId/:jobId/:taskId',
      async (request, reply) => {
        if (!store) return sendProblem(reply, { status: 503, message: notConfigured });
        await store.end(waitIdOf(request.params), 'cancelled', 'cancelled in Azure DevOps');
        return reply.send({ status: 'cancelled' });
      },
    );
  });

  async function evaluateNow({ build, criteria }: WaitRequest, request: FastifyRequest, reply: FastifyReply) {
    const observation = await observeBuild(kusto, build, { traceId: request.id });
    if (observation.kind === 'away' || observation.kind === 'refused') {
      return sendProblem(reply, { status: 503, message: 'Service Unavailable', retryAfterSeconds: 5 });
    }
    reply.header('cache-control', 'no-store');
    return reply.send(evaluate(criteria, observation, Date.now()));
  }

  return { watch: watcher && ((signal) => watcher.watchWhileOpen(signal)) };
}

function watcherOf(
  app: FastifyInstance,
  kusto: KustoClient,
  { tickMs = 5_000, leaseMs = 60_000 }: NonNullable<GateOptions['waits']>,
  store: WaitStore,
): Watcher {
  return new Watcher({
    database: kusto,
    store,
    observe: ({ request }) =>
      observeBuild(kusto, request.build, { traceId: randomUUID(), interactive: false }),
    fetch,
    now: Date.now,
    random: Math.random,
    instance: `gates-${randomUUID()}`,
    tickMs,
    leaseMs,
    report: (level, message, err) => app.log[level](err === undefined ? {} : { err }, message),
  });
}

const notConfigured =
  'Waits cannot be registered here: GATES_KEY is not set. Use the completion event ApiResponse.';

function refuse(reply: FastifyReply, mistakes: readonly { target: string; message: string }[]): FastifyReply {
  return sendMistakes(reply, mistakes, ({ target, message }) => `${target}: ${message}.`);
}

/** Server tasks send their text under any type, so every body is read as text and parsed here. */
function readBodiesAsText(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: longestBody }, (_request, body, done) => {
    done(null, body);
  });
}

function parsed(body: unknown): unknown {
  try {
    return typeof body === 'string' ? JSON.parse(body) : undefined;
  } catch {
    return undefined;
  }
}
