/**
 * A request has one deadline, which everything that is done for it shares: what authentication and rights took is not
 * there for Kusto any more.
 */
import type { FastifyReply } from 'fastify';

/** Keeps an answer under a second, also where the process or the machine is busy when the time is over. */
const longestMs = 800;

/** Milliseconds until the request of `reply` must be answered; 1 if that time is over. */
export function remainingMs({ elapsedTime }: Pick<FastifyReply, 'elapsedTime'>): number {
  return Math.max(1, Math.floor(longestMs - elapsedTime));
}
