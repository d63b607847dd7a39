/**
 * The backend as one Fastify app, from top to bottom in the order in which a request meets it. Hosts start it:
 * see `hosts/`.
 */

import fastify, { type FastifyInstance, LogController } from 'fastify';
import { apiOf } from '../api/lookups.ts';
import type { KustoClient } from '../kusto/client/client.ts';
import { KustoError } from '../kusto/client/errors.ts';
import { refusalAtLoopback } from '../net/loopback-door.ts';
import { serverLimits } from '../net/server-limits.ts';
import { sleep } from '../net/sleep.ts';
import { openAccess } from './access.ts';
import { giveCallers, requireTokens } from './auth/authenticate.ts';
import { anonymous, anyoneHere } from './auth/caller.ts';
import { nameOf, openAnswerCaches } from './cache/answer-caches.ts';
import type { BuildChanges } from './cache/build-changes.ts';
import type { Config, DataConfig } from './config.ts';
import { allowOrigins } from './cors.ts';
import { serveDocs } from './docs/routes.ts';
import { answerProblems, answerUnreadable, problemOf, refuseOversized, sendProblem } from './errors.ts';
import { frontDoorOf, identifyCallers, refuseBypassing } from './front-door.ts';
import { ReadinessCheck } from './health/readiness.ts';
import { serveHealth } from './health/routes.ts';
import { serveSettings } from './introspection/settings-routes.ts';
import { shedLoad } from './limits/load.ts';
import { limitRequests } from './limits/rate-limit.ts';
import { RequestCounter } from './limits/request-counter.ts';
import { servedLookups } from './lookups/lookups.ts';
import { serveLookup } from './lookups/routes.ts';
import { warmAtOnce } from './lookups/warm-up.ts';
import type { RedisConnection } from './redis/connection.ts';
import { childLoggerFactory } from './telemetry/lazy-logger.ts';
import { logStreamOf } from './telemetry/log-stream.ts';
import { observeProcess } from './telemetry/observations.ts';
import { logRequests } from './telemetry/request-log.ts';
import { observe, observeRequests } from './telemetry/requests.ts';
import { observedRights } from './telemetry/rights.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { traceIdOf } from './telemetry/trace.ts';
import { announceRetirements, retirements } from './versions.ts';

/** How long a start may wait for Kusto, which compiles queries when it sees them for the first time. */
const longestWarmUpMs = 6_000;

/** The parts of the configuration that the app itself uses; the hosts use the rest. */
export type AppConfig = Pick<
  Config,
  'apis' | 'auth' | 'cache' | 'corsOrigins' | 'data' | 'frontDoorId' | 'limits' | 'logLevel' | 'rights'
>;

/** What other instances of the backend share with this one. */
export interface SharedParts {
  readonly redis?: RedisConnection | undefined;
  readonly changes?: BuildChanges | undefined;
  /** Where this process tells what it does. */
  readonly telemetry?: Telemetry | undefined;
  /** Called when settings of a project were saved: what they mean for older events can be found out. */
  readonly onSettingsSaved?: (startedAt: number) => void;
}

/**
 * Builds the app; it answers once `ready()` or `listen()` has settled. It closes neither `kusto` nor what it is given.
 */
export function buildApp(
  config: AppConfig,
  kusto: KustoClient,
  { redis, changes, telemetry, onSettingsSaved }: SharedParts = {},
): FastifyInstance {
  const door = frontDoorOf(config.frontDoorId);
  const app = fastify({
    logger: { level: config.logLevel, base: null, ...logStreamOf(telemetry) },
    childLoggerFactory,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    genReqId: ({ headers }) => traceIdOf(headers.traceparent),
    return503OnClosing: false,
    // What has to end in time has its own limit; Fastify's ten seconds would make a failure of a long drain.
    pluginTimeout: 0,
    routerOptions: { querystringParser: (raw) => ({ raw }) },
    frameworkErrors: (error, request, reply) => {
      door?.identify(request);
      if (telemetry) observe(request, reply, telemetry);
      return sendProblem(reply, door?.refusalOf(request) ?? problemOf(error));
    },
    clientErrorHandler: answerUnreadable,
    http: serverLimits,
    // Fastify has its own, which would undo the above.
    requestTimeout: serverLimits.requestTimeout,
  });
  const { authenticator, rights: decided, stop } = openAccess(config, app.log);
  const rights = observedRights(decided, telemetry);
  const served = servedLookups(config.apis);
  const readiness = new ReadinessCheck({
    kusto,
    warmUp: warmAtOnce(served).map(({ warmUp }) => warmUp),
  });

  answerProblems(app);
  if (door) identifyCallers(app, door);
  if (telemetry) observeRequests(app, telemetry);
  giveCallers(app, authenticator ? anonymous : anyoneHere);
  logRequests(app);
  markAnswers(app);
  if (door) refuseBypassing(app, door);
  refuseOversized(app);
  announceRetirements(app, retirements);
  if (!authenticator) refuseForeigners(app, new Set(config.corsOrigins));
  allowOrigins(app, config.corsOrigins);
  shedLoad(app, config.limits, telemetry);
  app.after(() => {
    refuseWhenClosing(app, readiness);
    if (authenticator) requireTokens(app, authenticator);
    limitRequests(app, config.limits, new RequestCounter({ redis, name: nameOf(config.data) }), telemetry);
  });
  app.decorate('rights', rights).addHook('onClose', async () => stop());
  warmUpBeforeListening(app, readiness, config.data);
  redis?.onChange((reason) => {
    if (reason === undefined) app.log.info('Redis answers again');
    else app.log.warn({ reason }, 'Redis does not answer: every process is on its own');
  });

  const caches = openAnswerCaches(config, redis);
  if (config.apis.includes('b2d')) changes?.listen(caches.b2d);
  if (telemetry) observeProcess(app, telemetry, caches, config.apis);
  for (const lookup of served) {
    const cache = caches[apiOf(lookup.name)];
    const { deadlineMs } = config.limits;
    serveLookup(app, lookup, { kusto, rights, cache, lifetimes: config.cache, deadlineMs });
  }
  if (config.apis.includes('introspection'))
    serveSettings(app, { kusto, rights, cache: caches.introspection, onSaved: onSettingsSaved });
  serveHealth(app, readiness);
  serveDocs(app);
  return app;
}

/** Sets the headers that every answer has. */
function markAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-trace-id', request.id).header('x-content-type-options', 'nosniff');
    done();
  });
}

/** As long as nobody proves who they are, this machine's address is the door: see net/loopback-door.ts. */
function refuseForeigners(app: FastifyInstance, allowedOrigins: ReadonlySet<string>): void {
  app.addHook('onRequest', ({ headers, socket }, reply, done) => {
    const message = refusalAtLoopback(headers, socket.localPort, allowedOrigins);
    if (message === undefined) done();
    else sendProblem(reply, { status: 403, message });
  });
}

/** Warms up for a limited time: without Kusto the process starts too, is not ready, and warms up when it is probed. */
function warmUpBeforeListening(app: FastifyInstance, readiness: ReadinessCheck, data: DataConfig): void {
  app.addHook('onReady', async () => {
    const over = new AbortController();
    const warm = readiness.warmUp().catch((error: unknown) => {
      app.log.warn({ err: error }, coldReason(error, data));
    });
    await Promise.race([warm, sleep(longestWarmUpMs, over.signal)]);
    over.abort();
  });
}

/** Why this process is not warm, and what to do where waiting does not help. */
function coldReason(error: unknown, data: DataConfig): string {
  const isRefused = error instanceof KustoError && (error.status === 401 || error.status === 403);
  if (!isRefused) return 'Kusto does not answer yet';
  const hasIdentity = data.kind === 'cluster' && data.kusto.auth.mode !== 'none';
  return hasIdentity
    ? 'Kusto refuses this process: its identity (KUSTO_AUTH, KUSTO_CLIENT_ID) needs the right to query the database'
    : 'Kusto refuses this process: set KUSTO_TOKEN to the token of the engine, which engine.json in its data folder has';
}

/** While requests under way finish, later ones on open connections are sent elsewhere. */
function refuseWhenClosing(app: FastifyInstance, readiness: ReadinessCheck): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
    readiness.stop();
  });
  app.addHook('onRequest', (_request, reply, done) => {
    if (!closing) return done();
    const message = 'Service Unavailable';
    sendProblem(reply.header('connection', 'close'), { status: 503, message, retryAfterSeconds: 1 });
  });
}
