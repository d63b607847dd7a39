/**
 * The bodies of `/gates/v1`, which agentless tasks send and receive. The backend validates a body field by field,
 * because it accepts numbers as texts and reports all mistakes; these schemas document what it accepts.
 */
import { type TSchema, Type } from 'typebox';
import { allSourceNames } from './names.ts';
import { deploymentStates } from './states.ts';

const field = (description: string, byDefault: string, more: object = {}) =>
  Type.Optional(Type.String({ description, default: byDefault, ...more }));
const duration = (description: string, byDefault: string) =>
  field(`${description} A duration such as \`45m\` or \`2h\`.`, byDefault);
const patterns = (description: string) =>
  field(
    `${description} Patterns, separated by commas or line breaks; \`*\` matches any text, \`?\` one character, and a leading \`!\` excludes. Case does not matter. Empty: all. At most 100 patterns of at most 500 characters.`,
    '',
  );

export const WaitCriteriaSchema = Type.Object(
  {
    waitFor: field('The state to wait for.', 'completed', {
      enum: ['completed', 'started', 'final'],
    }),
    require: field('`all` deployments that match the filters, or `any` of them.', 'all', {
      enum: ['all', 'any'],
    }),
    sources: patterns(`Only deployments of these orchestrators: ${allSourceNames.join(', ')}.`),
    payloads: patterns('Only deployments with these payload ids.'),
    deployments: patterns('Only deployments with these ids.'),
    minimumDeployments: field(
      'How many deployments must match the filters before the wait can succeed; at least 1.',
      '1',
    ),
    minimumEntities: field(
      'How many entities each deployment must have reported before it counts; at least 1.',
      '1',
    ),
    settle: duration('How long the condition must hold before `all` succeeds.', '2m'),
    appearTimeout: duration('How long to wait for the first deployment.', '30m'),
    timeout: duration(
      'How long to wait in total, at most 48 hours without an agent: the token of a plan lives no longer.',
      '6h',
    ),
    pollInterval: duration('Time between two polls.', '30s'),
    onFailure: field('What to do if a deployment fails or is canceled.', 'fail', {
      enum: ['fail', 'wait', 'warn'],
    }),
    failOnFailedEntity: field(
      '`true`: fail as soon as an entity fails, although its deployment goes on and may retry it. Only with `onFailure` `fail`.',
      'false',
      { enum: ['false', 'true'] },
    ),
    failureGrace: duration(
      'How long a failure must stand before it counts, because a retry often replaces it. Where nothing is remembered between two evaluations, counted from when the failure was reported.',
      '0s',
    ),
    onTimeout: field('What to do if time runs out.', 'fail', { enum: ['fail', 'warn'] }),
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
      description: "Use `eq(root['status'], 'satisfied')` as the success criterion.",
    }),
    reason: Type.String({ description: 'Why, in a sentence.' }),
    deployments: Type.Array(
      Type.Object({
        source: Type.String({ description: 'The orchestrator.' }),
        id: Type.String(),
        state: Type.String({ enum: [...deploymentStates] }),
        url: Type.String({ description: 'Link to the deployment in its orchestrator.' }),
      }),
      { description: 'The deployments that match the filters.' },
    ),
  },
  { $id: 'Evaluation' },
);

export const gateSchemas: Readonly<Record<string, TSchema>> = {
  WaitCriteria: WaitCriteriaSchema,
  WaitRequest: WaitRequestSchema,
  Evaluation: EvaluationSchema,
};
