/**
 * Rows of the events of pipeline runs. A job's event carries its stage and run, a stage's event its run; each
 * level that has an id becomes a row of its own, so that one lost event leaves no hole. What such a companion
 * says may be out of date (a completed job with a stage that still runs): the views rank states, so it cannot
 * take one back.
 */
import { isJsonObject, type JsonObject } from './decode.ts';
import type { Fields } from './fields.ts';
import type { Place } from './place.ts';
import type { EventColumns, RowsOrMissing, TableRow } from './table-rows.ts';

/** Rows of run, stage and job events. */
export function pipelineRows(fields: Fields, place: Place, columns: EventColumns): RowsOrMissing {
  const runId = fields.integer('resource.run.id', 'resource.runId') ?? buildIdOfUrls(fields);
  if (!runId) return { missing: 'nothing names the id of the run' };
  const run: RunColumns = {
    PipelineId: fields.integer('resource.run.pipeline.id', 'resource.pipeline.id'),
    PipelineName: fields.text('resource.run.pipeline.name', 'resource.pipeline.name'),
    RunId: runId,
    RunName: fields.text('resource.run.name'),
    RunUrl: resultsUrl(place, runId),
    RequestedFor: fields.text(
      'resource.requestedFor.uniqueName',
      'resource.requestedFor.displayName',
      'resource.run.requestedFor.uniqueName',
    ),
  };
  const rows = [
    ...runRows(fields, columns, run),
    ...resourceRows(fields, columns, place, runId),
    ...stageRows(fields, columns, place, run),
    ...jobRows(fields, columns, run),
  ];
  return rows.length > 0 ? rows : { missing: 'nothing names a state of a run, stage or job' };
}

/** Columns of the run that a run, a stage and a job have in common. */
interface RunColumns extends JsonObject {
  readonly PipelineId: number | undefined;
  readonly PipelineName: string;
  readonly RunId: number;
  readonly RunName: string;
}

/** The page of a run, which is the page of its build. */
export function resultsUrl({ organization, project }: Place, buildId: number): string {
  return `https://dev.azure.com/${organization}/${project}/_build/results?buildId=${buildId}`;
}

function runRows(fields: Fields, columns: EventColumns, run: RunColumns): TableRow[] {
  const state = fields.text('resource.run.state');
  if (state === '') return [];
  const row = {
    ...columns,
    ...run,
    PipelineFolder: fields.text('resource.run.pipeline.folder', 'resource.pipeline.folder'),
    State: state,
    Result: fields.text('resource.run.result'),
    RunCreatedDate: fields.time('resource.run.createdDate'),
    RunFinishedDate: fields.time('resource.run.finishedDate'),
  };
  return [{ table: 'RunEvent', row }];
}

/** What a run consumed: repositories at a commit, and runs of other pipelines by their name. */
function resourceRows(fields: Fields, columns: EventColumns, place: Place, runId: number): TableRow[] {
  const common = {
    CreatedDate: columns.CreatedDate,
    OrganizationName: place.organization,
    ProjectId: place.project,
    RunId: runId,
  };
  const repositories = entries(fields, 'resource.run.resources.repositories').map((alias): TableRow => {
    const path = `resource.run.resources.repositories.${alias}`;
    const row = {
      ...common,
      Kind: 'repository',
      Alias: alias,
      RepositoryId: fields.text(`${path}.repository.id`, `${path}.repository.fullName`).toLowerCase(),
      RefName: fields.text(`${path}.refName`),
      Version: fields.text(`${path}.version`),
    };
    return { table: 'RunResource', row };
  });
  const pipelines = entries(fields, 'resource.run.resources.pipelines').map((alias): TableRow => {
    const path = `resource.run.resources.pipelines.${alias}`;
    const row = {
      ...common,
      Kind: 'pipeline',
      Alias: alias,
      UpstreamProjectId: projectInUrl(fields.text(`${path}.pipeline.url`)) ?? place.project,
      UpstreamPipelineId: fields.integer(`${path}.pipeline.id`),
      UpstreamRunId: fields.integer(`${path}.runId`, `${path}.run.id`),
      Version: fields.text(`${path}.version`, `${path}.runName`),
    };
    return { table: 'RunResource', row };
  });
  return [...repositories, ...pipelines];
}

function stageRows(fields: Fields, columns: EventColumns, place: Place, run: RunColumns): TableRow[] {
  const name = fields.text('resource.stage.name', 'resource.stageName');
  const state = fields.text('resource.stage.state');
  if (name === '' || state === '') return [];
  const id = fields.text('resource.stage.id');
  const row = {
    ...columns,
    ...run,
    StageId: id,
    StageName: name,
    StageDisplayName: fields.text('resource.stage.displayName') || name,
    StageUrl: resultsUrl(place, run.RunId) + (id === '' ? '' : `&view=logs&s=${encodeURIComponent(id)}`),
    Attempt: fields.integer('resource.stage.attempt') || 1,
    State: state,
    Result: fields.text('resource.stage.result'),
    StartTime: fields.time('resource.stage.startTime'),
    FinishTime: fields.time('resource.stage.finishTime'),
  };
  return [{ table: 'StageEvent', row }];
}

function jobRows(fields: Fields, columns: EventColumns, run: RunColumns): TableRow[] {
  const name = fields.text('resource.job.name');
  const state = fields.text('resource.job.state');
  if (name === '' || state === '') return [];
  const row = {
    ...columns,
    ...run,
    StageName: fields.text('resource.stage.name', 'resource.stageName'),
    JobId: fields.text('resource.job.id'),
    JobName: name,
    Attempt: fields.integer('resource.job.attempt', 'resource.stage.attempt') || 1,
    State: state,
    Result: fields.text('resource.job.result'),
    StartTime: fields.time('resource.job.startTime'),
    FinishTime: fields.time('resource.job.finishTime'),
  };
  return [{ table: 'JobEvent', row }];
}

/** Names in the object at `path`; a name with a dot cannot be followed further and is noted. */
function entries(fields: Fields, path: string): string[] {
  const names = Object.entries(fields.object(path) ?? {})
    .filter(([, value]) => isJsonObject(value))
    .map(([name]) => name);
  if (names.some((name) => name.includes('.'))) fields.note(`${path} has a name with a dot`);
  return names.filter((name) => !name.includes('.')).slice(0, 100);
}

function buildIdOfUrls(fields: Fields): number | undefined {
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
