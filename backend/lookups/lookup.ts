/**
 * What the three APIs have in common: read the parameters, look into the cache, ask Kusto, answer with the
 * contract's codes and headers. What differs between them is data, a {@link Lookup}.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ParameterReading } from '../../api/parameters.ts';
import { type ApiName, apiPaths } from '../../api/paths.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import type { Row } from '../../kusto/client/rows.ts';
import { AnswerCache, type CachedAnswer } from '../cache/answers.ts';
import type { CacheConfig } from '../config.ts';
import { sendProblem } from '../errors.ts';
import { type Answer, isNamedBy } from './answer.ts';

/** One API: from a query string to an answer. */
export interface Lookup<Parameters> {
  readonly api: ApiName;
  /** KQL with its parameters declared. */
  readonly text: string;
  /** Parameters that any Kusto accepts and that match nothing: a question to warm up with. */
  readonly warmUp: Readonly<Record<string, string>>;
  read(rawQuery: string): ParameterReading<Parameters>;
  /** Different for different answers. */
  cacheKey(parameters: Parameters): string;
  kustoParameters(parameters: Parameters): Readonly<Record<string, string>>;
  answer(parameters: Parameters, rows: readonly Row[]): Answer;
}

/** Keeps an answer under a second. */
const queryTimeoutMs = 950;
/** How long `none` and `unknown` are kept, in seconds: a build that nobody knows yet may be known soon. */
const otherFreshSeconds = 2;

/** Answers at every path of the lookup's API. */
export function serveLookup<Parameters>(
  app: FastifyInstance,
  lookup: Lookup<Parameters>,
  kusto: KustoClient,
  { freshSeconds, staleLimitSeconds, megabytes }: CacheConfig,
): void {
  const fresh = freshSeconds[lookup.api];
  const cache = new AnswerCache({
    freshSeconds: fresh,
    otherFreshSeconds: Math.min(fresh, otherFreshSeconds),
    staleLimitSeconds,
    megabytes,
  });
  const cacheControl = `private, max-age=${fresh}`;

  for (const path of apiPaths[lookup.api]) {
    app.get<{ Querystring: { raw: string } }>(path, async (request, reply) => {
      const reading = lookup.read(request.query.raw);
      if (!reading.ok) {
        const message = reading.mistakes.map((mistake) => mistake.message).join(' ');
        return sendProblem(reply, { status: 400, message, details: [...reading.mistakes] });
      }
      const { values } = reading;
      const cached = await cache.get(lookup.cacheKey(values), async () => {
        const parameters = lookup.kustoParameters(values);
        const rows = await kusto.query(lookup.text, parameters, {
          interactive: true,
          timeoutMs: queryTimeoutMs,
          traceId: request.id,
        });
        return lookup.answer(values, rows);
      });
      return send(reply, cached, request.headers['if-none-match'], cacheControl);
    });
  }
}

function send(
  reply: FastifyReply,
  { answer, staleSeconds }: CachedAnswer,
  ifNoneMatch: string | undefined,
  cacheControl: string,
): FastifyReply {
  if (answer.kind === 'unknown') return sendProblem(reply, { status: 404, ...answer });
  if (staleSeconds !== undefined)
    reply.header('age', String(staleSeconds)).header('warning', '110 - "Response is Stale"');
  if (answer.kind === 'none')
    return reply
      .code(204)
      .header('cache-control', 'no-store')
      .header('x-reason', headerText(answer.reason))
      .send();
  reply
    .header('etag', answer.etag)
    .header('cache-control', staleSeconds === undefined ? cacheControl : 'no-store');
  if (isNamedBy(answer.etag, ifNoneMatch)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(answer.body);
}

/** A header holds visible ASCII only: the rest is percent-encoded, as in an address. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, encodeURIComponent);
}
