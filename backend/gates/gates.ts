/**
 * The agentless form of a wait, under `/gates/v1`:
 * - `POST evaluations` answers at once: satisfied, notYet or failed;
 * - `POST waits` takes a wait and answers at once, as Azure DevOps wants an answer within three seconds; the watcher
 *   has Azure DevOps confirm it, and calls back when it is over. With `?waitForCompletion=false` it answers like
 *   `evaluations`, because a task has one address only;
 * - `DELETE waits/{planId}/{jobId}/{taskId}` cancels, and says nothing about whether there was such a wait;
 * - `GET connection` lets "Verify" of a service connection succeed.
 */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { KustoClient } from '../../kusto/client/client.ts';
import { sleep } from '../../net/sleep.ts';
import { sendMistakes, sendProblem } from '../errors.ts';
import type { Rights } from '../rights/rights.ts';
import { defaultCallbackHosts } from './callback-host.ts';
import { WaitAdmission, type WaitCaps } from './caps.ts';
import { evaluate } from './evaluate.ts';
import { gateRefusal } from './gate-rights.ts';
import { createBuildObserver } from './observe-build.ts';
import { readCancellation, readPlanTask, type TaskIds } from './plan-task.ts';
import type { Mistakes } from './reading.ts';
import { readWaitBody, type WaitRequest } from './wait-request.ts';
import { openWaitStore, type WaitStore } from './wait-store.ts';
import { Watcher } from './watcher.ts';

export interface GateOptions {
  readonly kusto: KustoClient;
  readonly rights: Rights;
  /** Without them, evaluations are answered, and waits cannot be registered. */
  readonly waits?: {
    /** 32 bytes that seal registered waits, with the tokens of their plans, while they are stored. */
    readonly key: Buffer;
    /** Hosts that may be called back; see `callback-host.ts`. */
    readonly callbackHosts: readonly string[];
    readonly caps: WaitCaps;
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

const longestWaitMs = 48 * 3_600_000;
/** Of three seconds; what remains is for the way. */
const longestRegistrationMs = 2_400;
const longestBody = 64 * 1_024;

/** Adds the routes to `app`, and runs the watcher as long as `app`. */
export function serveGates(app: FastifyInstance, { kusto, rights, waits }: GateOptions): Gates {
  const store = waits && openWaitStore({ database: kusto, ...waits, now: Date.now });
  const admission = waits && store && new WaitAdmission(store, waits.caps);
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

    scope.post('/gates/v1/evaluations', { bodyLimit: longestBody }, async (request, reply) => {
      const reading = readWaitBody(String(request.body ?? ''));
      if (reading.mistakes) return refuse(reply, reading.mistakes);
      return evaluateNow(reading.value, request, reply);
    });

    scope.post<{ Querystring: { raw: string } }>(
      '/gates/v1/waits',
      { bodyLimit: longestBody },
      async (request, reply) => {
        const reading = readWaitBody(String(request.body ?? ''));
        if (reading.mistakes) return refuse(reply, reading.mistakes);
        const completion = new URLSearchParams(request.query.raw).get('waitForCompletion');
        if (completion?.toLowerCase() === 'false') return evaluateNow(reading.value, request, reply);
        return register(reading.value, request, reply);
      },
    );

    scope.delete<{ Params: TaskIds }>('/gates/v1/waits/:planId/:jobId/:taskId', async (request, reply) => {
      if (!store) return sendProblem(reply, { status: 503, message: notConfigured });
      const reading = readCancellation(request.params, request.headers);
      if (reading.mistakes) return refuse(reply, reading.mistakes);
      const { task, token } = reading.value;
      const id = store.idOf(task, token);
      const { registeredAt } = await store.counts({ id, planId: task.planId, url: '', address: '' });
      if (registeredAt !== undefined) {
        await store.end({ id, registeredAt }, 'cancelled', 'cancelled in Azure DevOps');
      }
      return reply.code(202).send({ status: 'accepted' });
    });
  });

  const gateRights = { rights, hosts: waits?.callbackHosts ?? defaultCallbackHosts };

  async function register(request: WaitRequest, sent: FastifyRequest, reply: FastifyReply) {
    if (!waits || !store || !admission) return sendProblem(reply, { status: 503, message: notConfigured });
    const refusal = await gateRefusal(sent, request.build, gateRights);
    if (refusal) return sendProblem(reply, refusal);
    const { headers, ip } = sent;
    const plan = readPlanTask(headers, waits.callbackHosts);
    const tooLong: Mistakes = request.criteria.timeoutMs > longestWaitMs ? [timeoutTooLong] : [];
    if (plan.mistakes || tooLong.length > 0) return refuse(reply, [...tooLong, ...(plan.mistakes ?? [])]);
    const { task, token } = plan.value;
    const wait = { id: store.idOf(task, token), request, task, token, address: ip };
    const admitting = admission.admit(
      { id: wait.id, planId: task.planId, url: task.url, address: ip },
      { timeoutMs: longestRegistrationMs },
      () => store.register(wait),
    );
    const answered = new AbortController();
    const tooLate = sleep(longestRegistrationMs, answered.signal);
    const admitted = await Promise.race([admitting, tooLate]).finally(() => answered.abort());
    if (!admitted) {
      admitting.catch((err) => app.log.warn({ err }, `wait ${wait.id} was not registered`));
      return sendProblem(reply, { status: 503, message: 'Service Unavailable', retryAfterSeconds: 5 });
    }
    if (admitted.kind === 'full') {
      return sendProblem(reply, { status: 429, message: admitted.reason, retryAfterSeconds: 60 });
    }
    return reply.code(202).send({ id: wait.id, status: 'watching' });
  }

  async function evaluateNow({ build, criteria }: WaitRequest, request: FastifyRequest, reply: FastifyReply) {
    const refusal = await gateRefusal(request, build, gateRights);
    if (refusal) return sendProblem(reply, refusal);
    const observation = await createBuildObserver(kusto, { build, criteria })({ traceId: request.id });
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
    observerOf: ({ request }) => {
      const observe = createBuildObserver(kusto, request);
      return () => observe({ traceId: randomUUID(), interactive: false });
    },
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

const timeoutTooLong: Mistakes[number] = {
  target: 'criteria.timeout',
  message: 'must be at most 48h without an agent, because the token of a plan lives no longer',
};

function refuse(reply: FastifyReply, mistakes: Mistakes): FastifyReply {
  return sendMistakes(reply, mistakes, ({ target, message }) => `${target}: ${message}.`);
}

/** Server tasks send their text under any type, also one that is none, so every body is read as text. */
function readBodiesAsText(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addHook('onRequest', async ({ headers }) => {
    delete headers['content-type'];
  });
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
}
