/** The gates in the OpenAPI document: waits without an agent. */
import { evaluationExample, waitIdExample, waitRequestExample } from './examples.ts';
import {
  answer,
  busy,
  defect,
  failure,
  headers,
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
  description:
    'JSON, with any content type. The agentless task sends the same fields as a form: Azure DevOps puts inputs into a body without escaping, and the values of a form need none.',
  content: {
    'application/json': { schema: reference('WaitRequest'), example: waitRequestExample },
    'text/plain': {
      schema: {
        type: 'string',
        description:
          'A body in the form of multipart/form-data, which begins with its boundary; `organization`, `projectId`, `buildId` and the fields of the criteria, each once.',
      },
    },
  },
};

const badBody = failure(
  'The body or a header is wrong. `details` has one entry for each mistake, at most 20; `message` counts the rest.',
);
const tooLarge = failure('The body is larger than 64 KiB.');

const tokenDescription = "The plan's token, `$(system.AccessToken)`: the proof that the caller is its task.";

const planHeaders = {
  PlanUrl:
    "The organization's address, where the wait is confirmed and reported: https on port 443, at a host that the service allows, at most 400 characters.",
  ProjectId: 'Project of the plan.',
  HubName: 'Hub of the plan: `build`, `checks` or `release`. `Gates` is refused: it takes no callback.',
  PlanId: 'Plan of the task.',
  TimelineId: 'Timeline of the task.',
  JobId: 'Job of the task.',
  TaskInstanceId: 'The task.',
  AuthToken: tokenDescription,
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
        200: answer('The verdict.', reference('Evaluation'), evaluationExample),
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
        'Answers within three seconds. The wait begins when Azure DevOps has confirmed, with the token that was sent, that the task is waiting; a claim that it does not confirm ends unseen. Registering a wait twice is one wait. The headers are those that server tasks of Azure DevOps send by default.',
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
        200: answer(
          'The verdict, with `waitForCompletion=false`.',
          reference('Evaluation'),
          evaluationExample,
        ),
        202: answer(
          'The wait is registered.',
          status('watching', {
            id: { type: 'string', description: 'Plan, job, task and the name of the token.' },
          }),
          { id: waitIdExample, status: 'watching' },
        ),
        400: badBody,
        413: tooLarge,
        500: defect,
        ...busy,
        429: failure(
          'As many waits as may be are open for this plan, this organization, or unconfirmed from this address.',
          { 'Retry-After': headers.retryAfter },
        ),
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
      description:
        'Ends the wait that was registered with the same token. The answer does not say whether there was one.',
      parameters: [
        guid('planId', 'Plan of the task.'),
        guid('jobId', 'Job of the task.'),
        guid('taskId', 'The task.'),
        {
          name: 'AuthToken',
          in: 'header',
          required: true,
          description: tokenDescription,
          schema: { type: 'string' },
        },
      ],
      responses: {
        202: answer('The request is accepted.', status('accepted'), { status: 'accepted' }),
        400: failure('The path or the header is wrong.'),
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
        200: answer('It does.', status('ok'), { status: 'ok' }),
        400: failure('The address is malformed.'),
        500: defect,
      },
    },
  },
];
