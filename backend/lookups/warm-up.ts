/**
 * The queries that a process asks before anybody else does: a database compiles a query when it is first asked, which takes
 * the embedded engine up to seconds.
 */
import { apiOf, type LookupName } from '../../api/lookups.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import type { FunctionCall } from '../../kusto/client/function-call.ts';

interface Served {
  readonly name: LookupName;
  readonly warmUp: FunctionCall;
}

const traceId = 'warm-up';
const timeoutMs = 60_000;

/**
 * The lookups whose queries are warm before a process is ready. Those of introspection take the embedded engine longest,
 * and others wait meanwhile, so only a process that serves nothing else waits for them.
 */
export function warmAtOnce<T extends Served>(served: readonly T[]): readonly T[] {
  const others = served.filter(({ name }) => apiOf(name) !== 'introspection');
  return others.length > 0 ? others : served;
}

/** The lookups whose queries are warmed when the process is ready. */
export function warmLater<T extends Served>(served: readonly T[]): readonly T[] {
  const atOnce = warmAtOnce(served);
  return served.filter((one) => !atOnce.includes(one));
}

/**
 * Asks one query after another, so that those of users come in between, until `signal` ends it. What fails here is compiled
 * when a user asks it.
 */
export async function warmUpInBackground(
  kusto: KustoClient,
  served: readonly Served[],
  signal: AbortSignal,
): Promise<void> {
  for (const { warmUp } of served) {
    if (signal.aborted) return;
    await kusto.query(warmUp.text, warmUp.parameters, { traceId, timeoutMs }).catch(() => undefined);
  }
}
