/** What the changelog's views already say of builds, so that only what is missing is written. */
import type { KustoClient } from '../../../kusto/client/client.ts';
import { callFunction } from '../../../kusto/client/function-call.ts';
import { knownStates } from '../../../kusto/client/functions.ts';
import type { StateFact } from './state-facts.ts';

/** Whether a fact about a build is in the changelog. */
export type IsKnown = (buildId: number, fact: StateFact) => boolean;

/** Answers for the builds of one project at once. */
export type KnownStates = (
  organization: string,
  projectId: string,
  buildIds: readonly number[],
) => Promise<IsKnown>;

interface KnownState {
  readonly state: string;
  readonly result: string;
  readonly finished: string;
  /** Stages: whether it was seen at work. */
  readonly wasActive: boolean;
}

/** Asks a database. */
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
      return found !== undefined && tells(found, fact);
    };
  };
}

/** Whether what is known says the fact, or what can only have come after it. */
function tells(known: KnownState, fact: StateFact): boolean {
  if (fact.state !== 'completed') {
    return known.wasActive || known.state === fact.state || known.state === 'completed';
  }
  // A run that was tried again ends again: the same state with another result or time is news.
  return (
    known.state === 'completed' &&
    known.result.toLowerCase() === fact.result.toLowerCase() &&
    sameMillisecond(known.finished, fact.finished)
  );
}

function sameMillisecond(known: string, told: string): boolean {
  return known === '' || told === '' || Date.parse(known) === Date.parse(told);
}

function keyOf(kind: string, id: number, stage: string, attempt: number): string {
  return `${kind}/${id}/${stage}/${attempt}`;
}
