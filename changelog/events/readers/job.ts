/** Reads job events. Each event also yields rows for the stage and the run that it carries; see stage.ts. */
import type { EventColumns, RowsOrMissing, TableRow } from '../event-type.ts';
import type { Fields } from '../fields.ts';
import type { EventProject } from '../project-key.ts';
import { type EventRun, noRun, runOf } from './run.ts';
import { stageName, stageRows } from './stage.ts';

type JobTable = 'JobEvent' | 'StageEvent' | 'RunEvent' | 'RunResource';

/** Reads `ms.vss-pipelines.job-state-changed-event`. */
export function readJob(
  fields: Fields,
  project: EventProject,
  columns: EventColumns,
): RowsOrMissing<JobTable> {
  const run = runOf(fields, project);
  if (run === undefined) return noRun;
  const rows = stateRows(fields, columns, run);
  if (rows.length === 0) return { missing: 'no field holds the name and the state of the job' };
  return [...stageRows(fields, columns, run), ...rows];
}

function stateRows(fields: Fields, columns: EventColumns, run: EventRun): TableRow<'JobEvent'>[] {
  const name = fields.text('resource.job.name');
  const state = fields.text('resource.job.state');
  if (name === '' || state === '') return [];
  const row = {
    ...columns,
    ...run.columns,
    StageName: stageName(fields),
    JobId: fields.text('resource.job.id'),
    JobName: name,
    Attempt: fields.id('resource.job.attempt', 'resource.stage.attempt') ?? 1,
    State: state,
    Result: fields.text('resource.job.result'),
    StartTime: fields.time('resource.job.startTime'),
    FinishTime: fields.time('resource.job.finishTime'),
  };
  return [{ table: 'JobEvent', row }];
}
