/** The first page of changes, kept up to date, and the pages after it, loaded when the reader wants more. */
import type { LookupAnswer } from '../../../api/client.ts';
import type { IntrospectionClient } from '../../../api/introspection/client.ts';
import type { Change, Changes } from '../../../api/introspection/contract.ts';
import type { ChangesQuery } from '../../../api/introspection/queries.ts';
import type { ProjectKey } from '../../../api/keys.ts';
import { isFinal, stateOf } from '../../../api/states.ts';
import type { LiveQuery } from '../../live/live-answer.ts';
import type { HubOptions } from '../hub-options.ts';
import { measureNames } from '../measures/measure-values.ts';

const pageLength = 50;
const dayLength = 24 * 60 * 60 * 1000;

/** The filters of the view, in the words of the API. */
export type ChangeFilters = Omit<ChangesQuery, keyof ProjectKey>;

/** The filters that the options stand for. */
export function filtersOf(options: HubOptions): ChangeFilters {
  const { service, environment, changeStates, field, from, to, measure } = options;
  const find = options.find.trim();
  const measureName = measureNames.find((name) => name === measure);
  return {
    ...(service && { services: [service] }),
    ...(environment && { environments: [environment] }),
    ...(changeStates.length > 0 && { states: changeStates }),
    ...(from && { from: new Date(Date.parse(from)).toISOString() }),
    // The day itself counts, so the limit is the moment after it.
    ...(to && { to: new Date(Date.parse(to) + dayLength).toISOString() }),
    ...(measureName && { measure: measureName }),
    ...(find && (field === 'buildId' ? buildId(find) : { [field]: find })),
  };
}

/** A text that is no number finds nothing, and the API says why. */
function buildId(text: string): ChangeFilters {
  return { buildId: Number(text) };
}

/** Whether a filter hides changes. */
export function isFilteredChanges(options: HubOptions): boolean {
  return Object.keys(filtersOf(options)).length > 0;
}

/** The change that shows all changes. */
export const withoutChangeFilters: Partial<HubOptions> = {
  service: '',
  environment: '',
  changeStates: [],
  find: '',
  from: '',
  to: '',
  measure: '',
};

/** The newest changes. */
export function changesQuery(
  client: IntrospectionClient,
  project: ProjectKey,
  filters: ChangeFilters,
): LiveQuery<Changes> {
  return {
    ask: (previous, signal) =>
      client.getChanges({ ...project, ...filters, top: pageLength }, { signal, previous }),
    pace: ({ Changes: list }) =>
      list.some((change) => !isFinal(stateOf(change.Placement))) ? 'open' : 'settled',
  };
}

/** The page that begins with a token. */
export function nextChanges(
  client: IntrospectionClient,
  project: ProjectKey,
  filters: ChangeFilters,
  continuationToken: string,
): Promise<LookupAnswer<Changes>> {
  return client.getChanges({ ...project, ...filters, top: pageLength, continuationToken });
}

/** Identifies a change: a deployment may bring several builds to several environments, in several attempts. */
export function changeKey({ Placement }: Change): string {
  const { DeploymentSource, DeploymentId, Environment, Service, Build, EndTime } = Placement;
  return JSON.stringify([
    DeploymentSource,
    DeploymentId,
    Environment,
    Service,
    Build.ProjectId,
    Build.Id,
    EndTime,
  ]);
}

/** Both lists without repetitions: new changes move what follows to later pages. */
export function withoutRepeats(first: readonly Change[], others: readonly Change[]): Change[] {
  const known = new Set(first.map(changeKey));
  const fresh = others.filter((change) => {
    const key = changeKey(change);
    return !known.has(key) && known.add(key);
  });
  return [...first, ...fresh];
}
