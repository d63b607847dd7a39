/** The probes in the OpenAPI document. */
import { answer, failure, headers, type Operation, type Tag } from './operation.ts';

export const healthTag: Tag = {
  name: 'health',
  description: 'Probes for load balancers and orchestrators.',
};

const state = (status: string) => ({
  type: 'object',
  required: ['status'],
  properties: {
    status: { type: 'string', const: status },
    ...(status === 'notReady' && { reason: { type: 'string', description: 'Why, in words.' } }),
  },
});

export const healthOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/health/live',
    tag: healthTag.name,
    object: {
      operationId: 'isLive',
      summary: 'Whether the process answers',
      description: 'Restart the process if it does not.',
      responses: {
        200: answer('It does.', state('live'), { status: 'live' }),
        400: failure('The address is malformed.'),
      },
    },
  },
  {
    method: 'get',
    path: '/health/ready',
    tag: healthTag.name,
    object: {
      operationId: 'isReady',
      summary: 'Whether the process should get requests',
      description: 'It should once its queries are warm and Kusto answers, and until it shuts down.',
      responses: {
        200: answer('It should.', state('ready'), { status: 'ready' }),
        400: failure('The address is malformed.'),
        503: answer(
          'It should not.',
          state('notReady'),
          { status: 'notReady', reason: 'Kusto does not answer' },
          { 'Retry-After': headers.retryAfter },
        ),
      },
    },
  },
];
