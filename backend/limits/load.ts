/**
 * Sheds load: when the event loop falls behind, everybody waits, so new requests are refused at once until it has caught
 * up. Probes are answered: a process that is restarted because it is busy makes the others busier.
 */
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
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
  app.register(underPressure, {
    maxEventLoopDelay: eventLoopDelayMs,
    pressureHandler(request, reply, signal) {
      if (request.routeOptions.url?.startsWith('/health/')) return;
      telemetry?.record('deployments.load.rejections', 1, { 'deployments.load.signal': signal });
      sendProblem(reply, { status: 503, message: 'Service Unavailable', retryAfterSeconds });
    },
  });
}
