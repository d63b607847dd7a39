/**
 * Fills a database with two projects as the changelog would have heard of them: their service hooks pass through the
 * same readers as real ones. The jobs have to run afterwards, and the definitions must have been applied before.
 */
import type { ProjectSettings } from '../../api/introspection/contract.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { buildChangeRows, buildWorkItemRows } from '../events/build-contents.ts';
import { eventOfObject, type JsonObject } from '../events/decode.ts';
import { type ChangelogRow, readEvent } from '../events/read-event.ts';
import { stageEnvironmentRow } from '../events/stage-environment.ts';
import { openRowStore } from '../store/row-store.ts';
import { minutesAfter } from './deliveries.ts';
import type { BuildContents, DemoProject, Recorder } from './hook-events.ts';
import { recordPayments } from './payments.ts';
import { hldRepository, manifestRepository, recordStorefront, storefrontProject } from './storefront.ts';

const rowsAtOnce = 500;

/** Loads the projects. Loaded twice, they read the same. @param now the time that their times are relative to */
export async function loadChangelogDemo(database: KustoClient, now = new Date()): Promise<void> {
  await ingestRows(database, [recordPayments(now), recordStorefront(now)].flatMap(rowsOf));
  await saveSettings(database, storefrontProject, storefrontSettings, now);
}

/** What events cannot tell of Storefront: which repositories are its metadata and its manifests. */
const storefrontSettings: ProjectSettings = {
  Services: [],
  Environments: [],
  MetadataRepositories: [hldRepository],
  ManifestRepositories: [manifestRepository],
};

async function saveSettings(
  database: KustoClient,
  { organization, id }: DemoProject,
  settings: ProjectSettings,
  now: Date,
): Promise<void> {
  const row = {
    OrganizationName: organization,
    ProjectId: id,
    Version: 1,
    SavedBy: 'margaret.hamilton@contoso.com',
    SavedTime: minutesAfter(now, -60).toISOString(),
    Settings: settings,
  };
  await database.ingest('ProjectSettings', Object.keys(row), [row]);
}

/** Ingests rows, table by table. */
export async function ingestRows(database: KustoClient, rows: readonly ChangelogRow[]): Promise<void> {
  const store = openRowStore(database);
  const byTable = new Map<string, JsonObject[]>();
  for (const { table, row } of rows) {
    const gathered = byTable.get(table) ?? [];
    byTable.set(table, gathered);
    gathered.push(row);
  }
  for (const [table, all] of byTable)
    for (let from = 0; from < all.length; from += rowsAtOnce)
      await store.append(table, all.slice(from, from + rowsAtOnce));
}

/** The rows of all that was recorded: events that came seconds after they happened, and what the REST API said. */
export function rowsOf({ project, events, contents, environments }: Recorder): ChangelogRow[] {
  const key = { organization: project.organization, project: project.id };
  return [
    ...events.flatMap((event) => readEvent(eventOfObject(event), receivedDateOf(event)).rows),
    ...contents.flatMap((one) => contentsRows(project, one)),
    ...environments.map(({ time, ...stage }) => stageEnvironmentRow(key, stage, time.toISOString())),
  ];
}

/** What the contents reader would have written. */
function contentsRows(
  { organization, id: project }: DemoProject,
  { build: run, commits, workItems }: BuildContents,
): ChangelogRow[] {
  const build = {
    organization,
    project,
    buildId: run.id,
    pipelineId: run.pipeline.id,
    branch: run.branch,
    repositoryId: run.repository.id,
  };
  const site = `https://dev.azure.com/${organization}/${project}`;
  const changes = commits.map(({ id, message, author, time }) => ({
    id,
    message,
    author,
    time: time.toISOString(),
    url: `${site}/_git/${encodeURIComponent(run.repository.name)}/commit/${id}`,
  }));
  const items = workItems.map((id) => ({ id, url: `${site}/_workitems/edit/${id}` }));
  return [...buildWorkItemRows(build, items), ...buildChangeRows(build, changes)];
}

function receivedDateOf({ createdDate }: JsonObject): string {
  return minutesAfter(new Date(String(createdDate)), 0.05).toISOString();
}
