/** Reads run events: the state of a run and what it consumed. Stage and job events carry their run, too. */
import type { BuildKey } from '../../../api/keys.ts';
import { isJsonObject, type JsonObject } from '../decode.ts';
import type { EventColumns, RowsOrMissing, TableRow } from '../event-type.ts';
import type { Fields } from '../fields.ts';
import { buildUrl } from '../links.ts';
import type { ProjectKey } from '../project-key.ts';

type RunTable = 'RunEvent' | 'RunResource';

/** Reads `ms.vss-pipelines.run-state-changed-event`. */
export function readRun(fields: Fields, project: ProjectKey, columns: EventColumns): RowsOrMissing<RunTable> {
  const run = runOf(fields, project);
  return run === undefined ? noRun : rowsOrNoState(runRows(fields, columns, run));
}

/** The run that an event is about. */
export interface EventRun {
  readonly key: BuildKey;
  /** Columns that the rows of runs, stages and jobs have in common. */
  readonly columns: JsonObject;
}

/** For an event that names no run. */
export const noRun = { missing: 'no field holds the id of the run' } as const;

/** `rows`, or why there are none. */
export function rowsOrNoState<Table extends string>(rows: readonly TableRow<Table>[]): RowsOrMissing<Table> {
  return rows.length > 0 ? rows : { missing: 'no field holds the state of a run, stage or job' };
}

/** The run of a run, stage or job event; undefined where no field names it. */
export function runOf(fields: Fields, project: ProjectKey): EventRun | undefined {
  const buildId = fields.integer('resource.run.id', 'resource.runId') ?? buildIdInUrls(fields);
  if (!buildId) return undefined;
  const key = { ...project, buildId };
  const columns = {
    PipelineId: fields.integer('resource.run.pipeline.id', 'resource.pipeline.id'),
    PipelineName: fields.text('resource.run.pipeline.name', 'resource.pipeline.name'),
    RunId: buildId,
    RunName: fields.text('resource.run.name'),
    RunUrl: buildUrl(key),
    RequestedFor: fields.text(
      'resource.requestedFor.uniqueName',
      'resource.requestedFor.displayName',
      'resource.run.requestedFor.uniqueName',
    ),
  };
  return { key, columns };
}

/** Rows of the run that an event carries: its state, where that is known, and what it consumed. */
export function runRows(fields: Fields, columns: EventColumns, run: EventRun): TableRow<RunTable>[] {
  return [...stateRows(fields, columns, run), ...resourceRows(fields, columns, run.key)];
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
  { organization, project, buildId }: BuildKey,
): TableRow<'RunResource'>[] {
  const common = { CreatedDate, OrganizationName: organization, ProjectId: project, RunId: buildId };
  const repositories = entries(fields, 'resource.run.resources.repositories').map(({ alias, path }) => ({
    ...common,
    Kind: 'repository',
    Alias: alias,
    RepositoryId: fields.text(`${path}.repository.id`, `${path}.repository.fullName`).toLowerCase(),
    RefName: fields.text(`${path}.refName`),
    Version: fields.text(`${path}.version`),
  }));
  const pipelines = entries(fields, 'resource.run.resources.pipelines').map(({ alias, path }) => ({
    ...common,
    Kind: 'pipeline',
    Alias: alias,
    UpstreamProjectId: projectInUrl(fields.text(`${path}.pipeline.url`)) ?? project,
    UpstreamPipelineId: fields.integer(`${path}.pipeline.id`),
    UpstreamRunId: fields.integer(`${path}.runId`, `${path}.run.id`),
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
