/**
 * Probes: `live` says that the process answers, `ready` that it should get requests. They are not logged at the
 * usual level, because they come every few seconds.
 */
import type { FastifyInstance, RouteShorthandOptions } from 'fastify';
import type { ReadinessCheck } from './readiness.ts';

/** Serves `/health/live` and `/health/ready`. */
export function serveHealth(app: FastifyInstance, readiness: ReadinessCheck): void {
  const quiet: RouteShorthandOptions = app.log.level === 'info' ? { logLevel: 'warn' } : {};
  app.get('/health/live', quiet, async (_request, reply) => {
    return reply.header('cache-control', 'no-store').send({ status: 'live' });
  });
  app.get('/health/ready', quiet, async (_request, reply) => {
    const state = await readiness.check();
    reply.header('cache-control', 'no-store');
    return state.ready
      ? reply.send({ status: 'ready' })
      : reply.code(503).header('retry-after', '1').send({ status: 'notReady', reason: state.reason });
  });
}
