/** Reads the states of builds that the changelog has, so that only missing ones are written. */
import type { KustoClient } from '../../../kusto/client/client.ts';
import { callFunction } from '../../../kusto/client/function-call.ts';
import { knownStates } from '../../../kusto/client/functions.ts';
import type { StateFact } from './state-facts.ts';

/** Whether a fact about a build is in the changelog. */
export type IsKnown = (buildId: number, fact: StateFact) => boolean;

/** Reads the states of some builds of one project. */
export type KnownStates = (
  organization: string,
  projectId: string,
  buildIds: readonly number[],
) => Promise<IsKnown>;

interface KnownState {
  readonly state: string;
  readonly result: string;
  readonly finished: string;
  /** Whether it was ever seen running. */
  readonly wasActive: boolean;
}

/** Reads the states from a database. */
export function knownStatesIn(database: KustoClient): KnownStates {
  return async (organization, projectId, buildIds) => {
    const known = new Map<string, KnownState>();
    if (buildIds.length === 0) return () => false;
    const rows = await callFunction(database, knownStates, {
      AdoOrganizationName: organization,
      AdoProjectId: projectId,
      RunIds: buildIds,
    });
    for (const row of rows) {
      known.set(keyOf(String(row.Kind), Number(row.Id), String(row.StageName), Number(row.Attempt)), {
        state: String(row.State),
        result: String(row.Result),
        finished: String(row.FinishTime ?? ''),
        wasActive: row.WasActive === true,
      });
    }
    return (buildId, fact) => {
      const found = known.get(keyOf(fact.kind, buildId, fact.stage, fact.attempt));
      return found !== undefined && includes(found, fact);
    };
  };
}

/** Whether the known state is that of the fact, or can only have come after it. */
function includes(known: KnownState, fact: StateFact): boolean {
  if (fact.state !== 'completed') {
    return known.wasActive || known.state === fact.state || known.state === 'completed';
  }
  // A run that is retried completes again, so the same state with another result or time is new.
  return (
    known.state === 'completed' &&
    known.result.toLowerCase() === fact.result.toLowerCase() &&
    sameMillisecond(known.finished, fact.finished)
  );
}

function sameMillisecond(known: string, reported: string): boolean {
  return known === '' || reported === '' || Date.parse(known) === Date.parse(reported);
}

function keyOf(kind: string, id: number, stage: string, attempt: number): string {
  return `${kind}/${id}/${stage}/${attempt}`;
}
