/**
 * The lease of a job, kept in the database (table `JobLease`) so that hosts share nothing else. A claim is written only
 * if nobody else holds one. A holder that then sees another claim beside its own returns its own, so of two that race
 * at most one continues. The lease of a crashed holder expires.
 */
import type { KustoClient } from '../client/client.ts';
import { callFunction } from '../client/function-call.ts';
import { leaseHolders } from '../client/functions.ts';
import type { Row } from '../client/rows.ts';
import { stringLiteral } from '../schema/commands.ts';

export interface LeaseRequest {
  readonly job: string;
  /** The claimant. A holder may claim its own lease again, so each process should have a name of its own. */
  readonly holder: string;
  /** How long a claim lasts; must be longer than any single command that runs under it. */
  readonly durationMs: number;
  /** Renewals are skipped until a claim is this old; 0 by default. */
  readonly renewAfterMs?: number;
}

/** Another holder is running the job, at most until `until` (ISO 8601). */
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
 * Runs `work` under the lease and returns the lease afterwards.
 *
 * @param work gets `renew`, which it must call before each command
 * @throws LeaseTakenError if another holder has the lease, at the start or at a renewal
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
let job = ${stringLiteral(job)};
let holder = ${stringLiteral(holder)};
let duration = ${durationMs}ms;
print Job = job, Holder = holder, ClaimedAt = now(), ExpiresAt = now() + duration
| join kind=leftanti (LeaseHolders(job) | where Holder != holder) on Job`,
  );
}

function taken(job: string, { Holder, ExpiresAt }: Row): LeaseTakenError {
  return new LeaseTakenError(job, String(Holder), String(ExpiresAt));
}
