/**
 * Reads stage events. Each event also yields a row for the run that it carries, so that a lost run event leaves no
 * gap. That run may be out of date; the views rank states, so an old one cannot replace a newer one.
 */
import type { EventColumns, RowsOrMissing, TableRow } from '../event-type.ts';
import { type Fields, longestNameInId } from '../fields.ts';
import type { EventProject } from '../project-key.ts';
import { type EventRun, noRun, runOf, runRows } from './run.ts';

type StageTable = 'StageEvent' | 'RunEvent' | 'RunResource';

/** Reads `ms.vss-pipelines.stage-state-changed-event`. */
export function readStage(
  fields: Fields,
  project: EventProject,
  columns: EventColumns,
): RowsOrMissing<StageTable> {
  const run = runOf(fields, project);
  if (run === undefined) return noRun;
  if (stageName(fields) === '') return { missing: 'no field holds the name of the stage' };
  const rows = stageRows(fields, columns, run);
  const hasStage = rows.some(({ table }) => table === 'StageEvent');
  return hasStage ? rows : { missing: 'no field holds the state of the stage' };
}

/** Rows of the stage that an event carries, where its state is known, and of its run. */
export function stageRows(fields: Fields, columns: EventColumns, run: EventRun): TableRow<StageTable>[] {
  return [...runRows(fields, columns, run), ...stateRows(fields, columns, run)];
}

/** The name of the stage that an event is about; empty where no field holds it. */
export function stageName(fields: Fields): string {
  return fields.textUpTo(longestNameInId, 'resource.stage.name', 'resource.stageName');
}

function stateRows(fields: Fields, columns: EventColumns, run: EventRun): TableRow<'StageEvent'>[] {
  const name = stageName(fields);
  const state = fields.text('resource.stage.state');
  if (name === '' || state === '') return [];
  const id = fields.textUpTo(longestNameInId, 'resource.stage.id');
  const row = {
    ...columns,
    ...run.columns,
    StageId: id,
    StageName: name,
    StageDisplayName: fields.text('resource.stage.displayName') || name,
    StageUrl: `${run.columns.RunUrl}${id === '' ? '' : `&view=logs&s=${encodeURIComponent(id)}`}`,
    Attempt: fields.id('resource.stage.attempt') ?? 1,
    State: state,
    Result: fields.text('resource.stage.result'),
    StartTime: fields.time('resource.stage.startTime'),
    FinishTime: fields.time('resource.stage.finishTime'),
  };
  return [{ table: 'StageEvent', row }];
}
