/** Reads run events: the state of a run and what it consumed. Stage and job events carry their run, too. */
import { isJsonObject, type JsonObject } from '../decode.ts';
import type { EventColumns, RowsOrMissing, TableRow } from '../event-type.ts';
import { type Fields, longestNameInPayload, longestText } from '../fields.ts';
import { buildUrl } from '../links.ts';
import type { EventProject } from '../project-key.ts';

type RunTable = 'RunEvent' | 'RunResource';

/** Reads `ms.vss-pipelines.run-state-changed-event`. */
export function readRun(
  fields: Fields,
  project: EventProject,
  columns: EventColumns,
): RowsOrMissing<RunTable> {
  const run = runOf(fields, project);
  if (run === undefined) return noRun;
  const rows = runRows(fields, columns, run);
  return rows.length > 0 ? rows : { missing: 'no field holds the state of the run' };
}

/** The run that an event is about. */
export interface EventRun {
  readonly project: EventProject;
  /** Its id, which is also the id of its build. */
  readonly id: number;
  /** Columns that the rows of runs, stages and jobs have in common. */
  readonly columns: JsonObject;
}

/** For an event that names no run. */
export const noRun = { missing: 'no field holds the id of the run' } as const;

/** The run of a run, stage or job event; undefined where no field names it. */
export function runOf(fields: Fields, project: EventProject): EventRun | undefined {
  const id = fields.id('resource.run.id', 'resource.runId') ?? buildIdInUrls(fields);
  if (!id) return undefined;
  const columns = {
    PipelineId: fields.id('resource.run.pipeline.id', 'resource.pipeline.id'),
    PipelineName: fields.textUpTo(
      longestNameInPayload,
      'resource.run.pipeline.name',
      'resource.pipeline.name',
    ),
    RunId: id,
    RunName: fields.textUpTo(longestNameInPayload, 'resource.run.name'),
    RunUrl: buildUrl(project, id),
    RequestedFor: fields.text(
      'resource.requestedFor.uniqueName',
      'resource.requestedFor.displayName',
      'resource.run.requestedFor.uniqueName',
    ),
  };
  return { project, id, columns };
}

/** Rows of the run that an event carries: its state, where that is known, and what it consumed. */
export function runRows(fields: Fields, columns: EventColumns, run: EventRun): TableRow<RunTable>[] {
  return [...stateRows(fields, columns, run), ...resourceRows(fields, columns, run)];
}

function stateRows(fields: Fields, columns: EventColumns, run: EventRun): TableRow<'RunEvent'>[] {
  const state = fields.text('resource.run.state');
  if (state === '') return [];
  const row = {
    ...columns,
    ...run.columns,
    PipelineFolder: fields.text('resource.run.pipeline.folder', 'resource.pipeline.folder'),
    State: state,
    Result: fields.text('resource.run.result'),
    RunCreatedDate: fields.time('resource.run.createdDate'),
    RunFinishedDate: fields.time('resource.run.finishedDate'),
  };
  return [{ table: 'RunEvent', row }];
}

/** What a run consumed: repositories at a commit, and runs of other pipelines by their name. */
function resourceRows(
  fields: Fields,
  { CreatedDate }: EventColumns,
  { project: { organization, project, collectionUrl }, id }: EventRun,
): TableRow<'RunResource'>[] {
  const common = {
    CreatedDate,
    OrganizationName: organization,
    ProjectId: project,
    CollectionUrl: collectionUrl,
    RunId: id,
  };
  const repositories = entries(fields, 'resource.run.resources.repositories').map(({ alias, path }) => ({
    ...common,
    Kind: 'repository',
    Alias: alias.slice(0, longestText),
    RepositoryId: fields.text(`${path}.repository.id`, `${path}.repository.fullName`).toLowerCase(),
    RefName: fields.text(`${path}.refName`),
    Version: fields.text(`${path}.version`),
  }));
  const pipelines = entries(fields, 'resource.run.resources.pipelines').map(({ alias, path }) => ({
    ...common,
    Kind: 'pipeline',
    Alias: alias.slice(0, longestText),
    UpstreamProjectId: projectInUrl(fields.text(`${path}.pipeline.url`)) ?? project,
    UpstreamPipelineId: fields.id(`${path}.pipeline.id`),
    UpstreamRunId: fields.id(`${path}.runId`, `${path}.run.id`),
    Version: fields.text(`${path}.version`, `${path}.runName`),
  }));
  return [...repositories, ...pipelines].map((row) => ({ table: 'RunResource', row }));
}

/** The objects in the object at `path`, by name. A name with a dot cannot be part of a path, and is noted. */
function entries(fields: Fields, path: string): { readonly alias: string; readonly path: string }[] {
  const names = Object.entries(fields.object(path) ?? {})
    .filter(([, value]) => isJsonObject(value))
    .map(([name]) => name);
  if (names.some((name) => name.includes('.'))) fields.note(`${path} has a name with a dot`);
  return names
    .filter((name) => !name.includes('.'))
    .slice(0, 100)
    .map((alias) => ({ alias, path: `${path}.${alias}` }));
}

function buildIdInUrls(fields: Fields): number | undefined {
  const text = fields.text(
    'resource.run._links.web.href',
    'resource.stage._links.web.href',
    'resource.runUrl',
  );
  const [, id] = /(?:[?&]buildId=|\/runs\/)(\d{1,10})\b/i.exec(text) ?? [];
  return id === undefined ? undefined : Number(id);
}

function projectInUrl(text: string): string | undefined {
  return /\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\/_apis\//i.exec(text)?.[1]?.toLowerCase();
}
