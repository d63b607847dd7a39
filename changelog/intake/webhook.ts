/**
 * `POST /hooks/v1/events`, to which the web hooks of Azure DevOps deliver. It answers 202 once the event is durable:
 * committed to Kusto, or on the queue. A caller with the right secret gets 202 whatever the body holds, because an
 * error would make Azure DevOps put the whole subscription on probation; what cannot be read is set aside.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiError } from '../../api/contract.ts';
import { webhookPath } from '../../api/paths.ts';
import {
  decodeEvent,
  type IncomingEvent,
  largestEventBytes,
  UnreadableEventError,
} from '../events/decode.ts';
import { Fields } from '../events/fields.ts';
import { projectOf } from '../events/project-key.ts';
import type { ChangelogProcessor } from '../store/processor.ts';
import { RowsRefusedError, StoreUnavailableError } from '../store/row-store.ts';

/** The header that may carry the secret, instead of the password of basic authentication. */
export const webhookSecretHeader = 'x-changelog-secret';

/** Takes a request body; resolves when it is durable. @throws StoreUnavailableError */
export type WebhookSink = (body: Uint8Array) => Promise<void>;

/** A secret with which events of one organization may be written, and no others. */
export interface OrganizationSecret {
  /** Its name, in lower case. */
  readonly organization: string;
  readonly secret: string;
}

export interface WebhookOptions {
  /** The accepted secrets: two while one is being replaced. */
  readonly secrets: readonly string[];
  /** The same for one organization each; two of an organization while one is being replaced. */
  readonly organizationSecrets?: readonly OrganizationSecret[] | undefined;
  readonly sink: WebhookSink;
}

/** Makes a sink that processes each event at once, for hosts without a queue. */
export function processingSink(processor: ChangelogProcessor): WebhookSink {
  return async (body) => {
    let event: IncomingEvent;
    try {
      event = decodeEvent(body);
    } catch (error) {
      if (!(error instanceof UnreadableEventError)) throw error;
      return await processor.setMessageAside(body, error.message);
    }
    try {
      await processor.process(event);
    } catch (error) {
      if (!(error instanceof RowsRefusedError)) throw error;
      await processor.setAside(event, error.message);
    }
  };
}

/** Adds the webhook to a server. Bodies of any content type are read as bytes. */
export async function webhookInlet(app: FastifyInstance, options: WebhookOptions): Promise<void> {
  const { sink } = options;
  const known = knownSecrets(options);
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Also a type that is none is any type.
    scope.addHook('onRequest', async ({ headers }) => {
      delete headers['content-type'];
    });
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post(
      webhookPath,
      {
        bodyLimit: largestEventBytes,
        // Checked before the body is read, so that a stranger cannot send megabytes.
        onRequest: async (request, reply) => {
          if (!secretOf(request, known)) {
            return reply.code(401).send(problem('401', 'The shared secret is missing or wrong.', request));
          }
        },
      },
      async (request, reply) => {
        const body = bytesOf(request.body);
        const organization = secretOf(request, known)?.organization;
        if (organization !== undefined && !mayBeOf(organization, body)) {
          const message = `The secret is for events of the organization ${organization} only.`;
          return reply.code(403).send({ code: '403', message });
        }
        try {
          await sink(body);
        } catch (error) {
          if (!(error instanceof StoreUnavailableError)) throw error;
          request.log.warn({ reason: error.message }, 'changelog: an event could not be stored');
          return reply
            .code(503)
            .header('Retry-After', '10')
            .send(problem('503', 'The event could not be stored; deliver it again.', request));
        }
        return reply.code(202).send();
      },
    );
  });
}

function problem(code: string, message: string, { id }: FastifyRequest): ApiError {
  return { code, message, traceId: id };
}

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}

interface KnownSecret {
  readonly digest: Buffer;
  /** Undefined: of all organizations. */
  readonly organization: string | undefined;
}

function knownSecrets({ secrets, organizationSecrets = [] }: WebhookOptions): readonly KnownSecret[] {
  return [
    ...secrets.map((secret) => ({ digest: digestOf(secret), organization: undefined })),
    ...organizationSecrets.map(({ organization, secret }) => ({ digest: digestOf(secret), organization })),
  ];
}

/** Compares digests, all of them, so that the time it takes reveals neither content nor length of a secret. */
function secretOf(request: FastifyRequest, known: readonly KnownSecret[]): KnownSecret | undefined {
  const given = givenSecret(request);
  if (given === undefined) return undefined;
  const digest = digestOf(given);
  return known.filter((one) => timingSafeEqual(one.digest, digest))[0];
}

/** Whether a body is no event of another organization. What names none is set aside, and written to no organization. */
function mayBeOf(organization: string, body: Uint8Array): boolean {
  try {
    const project = projectOf(new Fields(decodeEvent(body).event));
    return 'missing' in project || project.organization === organization;
  } catch (error) {
    if (error instanceof UnreadableEventError) return true;
    throw error;
  }
}

function givenSecret({ headers }: FastifyRequest): string | undefined {
  const header = headers[webhookSecretHeader];
  if (typeof header === 'string') return header;
  const [, basic] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (basic === undefined) return undefined;
  const text = Buffer.from(basic, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
