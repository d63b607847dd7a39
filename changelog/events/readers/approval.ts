/** Reads approvals that stages wait for. One that names an environment also says where its stage deploys. */
import type { EventColumns, RowsOrMissing, TableRow } from '../event-type.ts';
import { type Fields, longestNameInId } from '../fields.ts';
import type { EventProject } from '../project-key.ts';
import { stageEnvironmentRow } from '../stage-environment.ts';
import { stageName } from './stage.ts';

/** Reads `ms.vss-pipelinechecks-events.approval-pending` and `…approval-completed`. */
export function readApproval(
  fields: Fields,
  project: EventProject,
  columns: EventColumns,
): RowsOrMissing<'ApprovalEvent' | 'StageEnvironment'> {
  const approvalId = fields.text('resource.approval.id');
  if (approvalId === '') return { missing: 'no field holds the id of the approval' };
  const runId = fields.id('resource.run.id', 'resource.runId') ?? runIdInMessage(fields);
  const stage = stageName(fields);
  const environment =
    fields.textUpTo(longestNameInId, 'resource.resource.name') || environmentInMessage(fields);
  const row = {
    ...columns,
    ApprovalId: approvalId,
    PipelineId: fields.id('resource.pipeline.id', 'resource.run.pipeline.id'),
    RunId: runId,
    StageName: stage,
    Attempt: fields.id('resource.attemptId', 'resource.stage.attempt') ?? 1,
    EnvironmentName: environment,
    State: fields.text('resource.approval.status'),
  };
  const approval: TableRow<'ApprovalEvent'> = { table: 'ApprovalEvent', row };
  if (!runId || stage === '' || environment === '') return [approval];
  return [
    approval,
    stageEnvironmentRow(project, { runId, stageName: stage, environment }, columns.CreatedDate),
  ];
}

function runIdInMessage(fields: Fields): number | undefined {
  const [, id] = /[?&]buildId=(\d{1,10})\b/.exec(fields.text('message.html', 'message.markdown')) ?? [];
  return id === undefined ? undefined : Number(id);
}

function environmentInMessage(fields: Fields): string {
  return /\bto environment (.{1,200}?)\.?$/.exec(fields.text('message.text'))?.[1] ?? '';
}
