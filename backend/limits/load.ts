/**
 * Sheds load: when the event loop falls behind, everybody waits, so new requests are refused at once until it has caught
 * up. Probes are answered: a process that is restarted because it is busy makes the others busier.
 */
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendProblem } from '../errors.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { LimitsConfig } from './settings.ts';

/** The delay is looked at once a second. */
const retryAfterSeconds = 1;

/** Lets `app` answer 503 while its event loop is late. */
export function shedLoad(
  app: FastifyInstance,
  { eventLoopDelayMs }: LimitsConfig,
  telemetry: Telemetry | undefined,
): void {
  if (eventLoopDelayMs === 0) return;
  // The library measures; its own hook would look up the route of every request.
  app.register(underPressure).after(() => {
    app.addHook('onRequest', (request, reply, done) => {
      if (app.memoryUsage().eventLoopDelay <= eventLoopDelayMs || isProbe(request)) return done();
      telemetry?.record('deployments.load.rejections', 1, { 'deployments.load.signal': 'eventLoopDelay' });
      sendProblem(reply, { status: 503, message: 'Service Unavailable', retryAfterSeconds });
    });
  });
}

function isProbe({ routeOptions: { url } }: FastifyRequest): boolean {
  return url?.startsWith('/health/') ?? false;
}
