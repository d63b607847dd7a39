/** Which builds the rows of events are about: what was known of them may be outdated now. */
import type { BuildKey } from '../../api/keys.ts';
import { isJsonObject, type JsonObject } from './decode.ts';
import type { ChangelogRow } from './read-event.ts';

/**
 * The builds that rows name: of a build, a run, its stages and jobs, and those that a run consumed or a release deploys,
 * as far as the event has their ids. Each is given once.
 */
export function touchedBuilds(rows: readonly ChangelogRow[]): BuildKey[] {
  const builds = new Map<string, BuildKey>();
  for (const { row } of rows) {
    for (const build of buildsIn(row))
      builds.set(`${build.organization}/${build.project}/${build.buildId}`, build);
  }
  return [...builds.values()];
}

function* buildsIn(row: JsonObject): Generator<BuildKey> {
  const organization = row.OrganizationName;
  if (typeof organization !== 'string') return;
  const key = (project: unknown, buildId: unknown): BuildKey[] =>
    typeof project === 'string' && Number.isSafeInteger(buildId) && Number(buildId) > 0
      ? [{ organization, project, buildId: Number(buildId) }]
      : [];
  yield* key(row.ProjectId, row.BuildId);
  yield* key(row.ProjectId, row.RunId);
  yield* key(row.UpstreamProjectId, row.UpstreamRunId);
  if (!Array.isArray(row.Builds)) return;
  for (const build of row.Builds.filter(isJsonObject))
    yield* key(build.ProjectId || row.ProjectId, Number(build.BuildId));
}
