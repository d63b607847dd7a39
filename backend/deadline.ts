/**
 * A request has one deadline, which everything that is done for it shares: what authentication and rights took is not
 * there for Kusto any more.
 */
import type { FastifyReply } from 'fastify';

/** Milliseconds until the request of `reply`, which has `deadlineMs` in all, must be answered; 1 if that time is over. */
export function remainingMs({ elapsedTime }: Pick<FastifyReply, 'elapsedTime'>, deadlineMs: number): number {
  return Math.max(1, Math.floor(deadlineMs - elapsedTime));
}
