/**
 * One structured log line for each request, after it is answered. The query string is left out, because it says
 * which team works on what. The trace id leads to it in Kusto's own records, for those who may see them.
 */
import type { FastifyInstance } from 'fastify';

/** Logs every request of `app`: our own failures as errors, all others as information. */
export function logRequests(app: FastifyInstance): void {
  const hasInformation = ['info', 'debug', 'trace'].includes(app.log.level);
  app.addHook('onResponse', (request, reply, done) => {
    if (!hasInformation && reply.statusCode < 500) return done();
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
    };
    if (reply.statusCode >= 500) request.log.error(line, 'request');
    else request.log.info(line, 'request');
    done();
  });
}
