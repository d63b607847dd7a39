/** The webhook of the changelog in the OpenAPI document. */
import { webhookPath } from '../paths.ts';
import { eventExample } from './examples.ts';
import { failure, headers, type Operation, type Tag } from './operation.ts';

export const hooksTag: Tag = {
  name: 'hooks',
  description: 'Where service hooks of Azure DevOps deliver events.',
};

export const hookOperations: readonly Operation[] = [
  {
    method: 'post',
    path: webhookPath,
    tag: hooksTag.name,
    object: {
      operationId: 'deliverEvent',
      summary: 'Deliver an event of Azure DevOps',
      description:
        'Answers once the event is durable. An event that cannot be read is set aside with the reason, and is accepted all the same.',
      parameters: [
        {
          name: 'X-Changelog-Secret',
          in: 'header',
          required: false,
          description: 'The shared secret. It may be the password of basic authentication instead.',
          schema: { type: 'string' },
        },
      ],
      requestBody: {
        required: true,
        description: 'The event as Azure DevOps writes it.',
        content: { 'application/json': { schema: { type: 'object' }, example: eventExample } },
      },
      responses: {
        202: { description: 'The event is durable.', headers: { 'X-Trace-Id': headers.traceId } },
        401: failure('The shared secret is missing or wrong.'),
        403: failure(
          'The secret is for events of another organization, or the request comes from elsewhere.',
        ),
        413: failure('The event is too large.'),
        500: failure('An error of ours; quote the trace id.'),
        503: failure('The event could not be stored; deliver it again.', {
          'Retry-After': headers.retryAfter,
        }),
      },
    },
  },
];
