/**
 * What an agentless task sends and gets: bodies of `/gates/v1`. The backend reads a body field by field, because
 * it takes numbers for texts and names every mistake; these schemas describe what it accepts.
 */
import { type TSchema, Type } from 'typebox';
import { deploymentSources } from './contract.ts';

const field = (description: string, byDefault: string, more: object = {}) =>
  Type.Optional(Type.String({ description, default: byDefault, ...more }));
const duration = (description: string, byDefault: string) =>
  field(`${description} A duration such as \`45m\` or \`2h\`.`, byDefault);
const patterns = (description: string) =>
  field(
    `${description} Patterns, separated by commas; \`*\` is any text, \`?\` one character, a leading \`!\` excludes; not case-sensitive. Empty means all.`,
    '',
  );

export const WaitCriteriaSchema = Type.Object(
  {
    waitFor: field('What a deployment must have reached.', 'completed', {
      enum: ['completed', 'started', 'final'],
    }),
    require: field('`all` deployments that pass the filters, or `any` of them.', 'all', {
      enum: ['all', 'any'],
    }),
    sources: patterns(`Orchestrators to look at: ${deploymentSources.join(', ')}.`),
    payloads: patterns('Payload ids to look at.'),
    deployments: patterns('Deployment ids to look at.'),
    minimumDeployments: field('How many deployments must have passed the filters, from 1.', '1'),
    settle: duration('How long everything must stay as required before `all` is believed.', '2m'),
    appearTimeout: duration('How long to wait for the first deployment.', '30m'),
    timeout: duration('How long to watch in all, at most 72 hours.', '6h'),
    pollInterval: duration('How long between two looks.', '30s'),
    onFailure: field('What to do after a deployment failed or was canceled.', 'fail', {
      enum: ['fail', 'wait', 'warn'],
    }),
    onTimeout: field('What to do when time is up.', 'fail', { enum: ['fail', 'warn'] }),
  },
  { $id: 'WaitCriteria', additionalProperties: false, description: 'Blank fields take their defaults.' },
);

export const WaitRequestSchema = Type.Object(
  {
    build: Type.Object(
      {
        organization: Type.String({ description: 'Name or URL of the Azure DevOps organization.' }),
        projectId: Type.String({ format: 'uuid', description: 'Id of the project.' }),
        buildId: Type.Union([Type.Integer({ minimum: 1 }), Type.String()], {
          description: 'Id of the build.',
        }),
      },
      { additionalProperties: false },
    ),
    criteria: Type.Optional(Type.Ref('WaitCriteria') as unknown as typeof WaitCriteriaSchema),
  },
  { $id: 'WaitRequest' },
);

export const EvaluationSchema = Type.Object(
  {
    status: Type.String({
      enum: ['satisfied', 'notYet', 'failed'],
      description: "A success criterion is `eq(root['status'], 'satisfied')`.",
    }),
    reason: Type.String({ description: 'Why, in words.' }),
    deployments: Type.Array(
      Type.Object({
        source: Type.String({ description: 'The orchestrator.' }),
        id: Type.String(),
        state: Type.String({ description: 'Our word for its state.' }),
        url: Type.String({ description: 'Link to the deployment in its orchestrator.' }),
      }),
      { description: 'The deployments that pass the filters.' },
    ),
  },
  { $id: 'Evaluation' },
);

export const gateSchemas: Readonly<Record<string, TSchema>> = {
  WaitCriteria: WaitCriteriaSchema,
  WaitRequest: WaitRequestSchema,
  Evaluation: EvaluationSchema,
};
