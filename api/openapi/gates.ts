/** The gates in the OpenAPI document: waits without an agent. */
import {
  answer,
  busy,
  defect,
  failure,
  type OpenApiObject,
  type Operation,
  reference,
  type Tag,
} from './operation.ts';

export const gatesTag: Tag = {
  name: 'gates',
  description: 'Waits without an agent: what gates, checks and server tasks of Azure DevOps call.',
};

const status = (value: string, more: OpenApiObject = {}): OpenApiObject => ({
  type: 'object',
  required: ['status', ...Object.keys(more)],
  properties: { status: { type: 'string', const: value }, ...more },
});

const body = {
  required: true,
  description: 'Azure DevOps sends it with any content type.',
  content: { 'application/json': { schema: reference('WaitRequest') } },
};

const badBody = failure('The body or a header is wrong. `details` has one entry for each mistake.');
const tooLarge = failure('The body is larger than 64 KiB.');

const planHeaders = {
  PlanUrl: "The organization's address, where the wait is reported.",
  ProjectId: 'Project of the plan.',
  HubName: 'Hub of the plan, such as `build`.',
  PlanId: 'Plan of the task.',
  TimelineId: 'Timeline of the task.',
  JobId: 'Job of the task.',
  TaskInstanceId: 'The task.',
  AuthToken: "The plan's token, `$(system.AccessToken)`.",
};

const guid = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', format: 'uuid' },
});

export const gateOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/gates/v1/evaluations',
    tag: gatesTag.name,
    object: {
      operationId: 'evaluateWait',
      summary: 'Whether criteria are met now',
      description: 'Answers at once and remembers nothing.',
      requestBody: body,
      responses: {
        200: answer('The verdict.', reference('Evaluation')),
        400: badBody,
        413: tooLarge,
        500: defect,
        ...busy,
      },
    },
  },
  {
    method: 'post',
    path: '/gates/v1/waits',
    tag: gatesTag.name,
    object: {
      operationId: 'registerWait',
      summary: 'Watch a build and report when the wait is over',
      description:
        'Registering a wait twice is one wait. The headers are those that server tasks of Azure DevOps send by default.',
      parameters: [
        {
          name: 'waitForCompletion',
          in: 'query',
          required: false,
          description: '`false`: answer at once, as `/gates/v1/evaluations` does.',
          schema: { type: 'string', enum: ['true', 'false'], default: 'true' },
        },
        ...Object.entries(planHeaders).map(([name, description]) => ({
          name,
          in: 'header',
          required: false,
          description: `${description} Needed unless \`waitForCompletion\` is false.`,
          schema: { type: 'string' },
        })),
      ],
      requestBody: body,
      responses: {
        200: answer('The verdict, with `waitForCompletion=false`.', reference('Evaluation')),
        202: answer(
          'The wait is registered.',
          status('watching', { id: { type: 'string', description: 'Plan, job and task.' } }),
        ),
        400: badBody,
        413: tooLarge,
        500: defect,
        ...busy,
      },
    },
  },
  {
    method: 'delete',
    path: '/gates/v1/waits/{planId}/{jobId}/{taskId}',
    tag: gatesTag.name,
    object: {
      operationId: 'cancelWait',
      summary: 'Cancel a wait',
      description: 'Cancelling a wait that is over, or that was never registered, changes nothing.',
      parameters: [
        guid('planId', 'Plan of the task.'),
        guid('jobId', 'Job of the task.'),
        guid('taskId', 'The task.'),
      ],
      responses: {
        200: answer('The wait is cancelled.', status('cancelled')),
        400: failure('The path is malformed.'),
        500: defect,
        ...busy,
      },
    },
  },
  {
    method: 'get',
    path: '/gates/v1/connection',
    tag: gatesTag.name,
    object: {
      operationId: 'verifyConnection',
      summary: 'Whether the service answers',
      description: 'What "Verify" of a service connection calls.',
      responses: {
        200: answer('It does.', status('ok')),
        400: failure('The address is malformed.'),
        500: defect,
      },
    },
  },
];
