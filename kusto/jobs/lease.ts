/**
 * The right to run a job, kept in the database (table `JobLease`) so that hosts need nothing else in common.
 * A claim is only written where nobody else holds one, and whoever then sees another's beside its own gives
 * its own back: of two that raced at most one goes on. A crashed holder's lease ends by itself.
 */
import type { KustoClient } from '../client/client.ts';
import { callFunction } from '../client/function-call.ts';
import { leaseHolders } from '../client/functions.ts';
import type { Row } from '../client/rows.ts';
import { text } from '../schema/commands.ts';

export interface LeaseRequest {
  readonly job: string;
  /** Who asks. A holder may claim again what it holds, so each process should have a name of its own. */
  readonly holder: string;
  /** How long a claim lasts: longer than any one command that runs under it. */
  readonly durationMs: number;
  /** A claim that is younger needs no renewal; 0 by default. It shortens what a claim is sure to last. */
  readonly renewAfterMs?: number;
}

/** Somebody else runs the job; `holder` and `until` (ISO 8601) say who and for how long at most. */
export class LeaseTakenError extends Error {
  override readonly name = 'LeaseTakenError';
  readonly holder: string;
  readonly until: string;

  constructor(job: string, holder: string, until: string) {
    super(`${job} is being run by ${holder}, at most until ${until}`);
    this.holder = holder;
    this.until = until;
  }
}

/**
 * Runs `work` under the lease, and gives it back afterwards.
 *
 * @param work is given `renew`, to be called before each command
 * @throws LeaseTakenError where another holder has it, at first or at a renewal
 */
export async function withLease<T>(
  database: KustoClient,
  request: LeaseRequest,
  work: (renew: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const { renewAfterMs = 0 } = request;
  let claimedAt = performance.now();
  await claim(database, request);
  const renew = async () => {
    if (performance.now() - claimedAt < renewAfterMs) return;
    claimedAt = performance.now();
    await claim(database, request);
  };
  try {
    return await work(renew);
  } finally {
    await write(database, { ...request, durationMs: 0 });
  }
}

async function claim(database: KustoClient, request: LeaseRequest): Promise<void> {
  await write(database, request);
  const holders = await callFunction(database, leaseHolders, { JobName: request.job });
  const other = holders.find(({ Holder }) => Holder !== request.holder);
  if (!other) {
    if (holders.length > 0) return;
    throw new Error(`${request.job}: the claim of ${request.holder} was not written`);
  }
  if (holders.length > 1) await write(database, { ...request, durationMs: 0 });
  throw taken(request.job, other);
}

function write(database: KustoClient, { job, holder, durationMs }: LeaseRequest): Promise<Row[]> {
  return database.command(
    `.append JobLease <|
print Job = ${text(job)}, Holder = ${text(holder)}, ClaimedAt = now(), ExpiresAt = now() + ${durationMs}ms
| join kind=leftanti (LeaseHolders(${text(job)}) | where Holder != ${text(holder)}) on Job`,
  );
}

function taken(job: string, { Holder, ExpiresAt }: Row): LeaseTakenError {
  return new LeaseTakenError(job, String(Holder), String(ExpiresAt));
}
