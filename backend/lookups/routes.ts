/**
 * The routes of a lookup: refuse whoever has no grant, read the parameters, ask the cache, keep what the caller may
 * see, and only then decide between the contract's codes.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ProjectKey, projectIdOf } from '../../api/keys.ts';
import { apiOf, lookupPaths } from '../../api/lookups.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import type { Caller } from '../auth/caller.ts';
import type { AnswerCache, CachedAnswer } from '../cache/answer-cache.ts';
import { freshSecondsOf } from '../cache/freshness.ts';
import type { CacheConfig } from '../config.ts';
import { remainingMs } from '../deadline.ts';
import { sendMistakes, sendProblem } from '../errors.ts';
import { type Rights, type Sight, seesAll, seesNothing } from '../rights/rights.ts';
import { RightsError } from '../rights/rights-error.ts';
import { type Answer, answerOf, isNamedBy } from './answer.ts';
import { type Lookup, type LookupOptions, lookUp, type View } from './lookup.ts';
import { visiblePartOf } from './visible-part.ts';

export interface LookupServices {
  readonly kusto: KustoClient;
  readonly rights: Rights;
  readonly cache: AnswerCache;
  readonly lifetimes: CacheConfig;
  /** Of a request, in milliseconds. */
  readonly deadlineMs: number;
}

/** Answers at `paths`: by default at every path of the lookup; another version of it has others. */
export function serveLookup<Key>(
  app: FastifyInstance,
  lookup: Lookup<Key, object>,
  { kusto, rights, cache, lifetimes, deadlineMs }: LookupServices,
  paths: readonly string[] = lookupPaths[lookup.name],
): void {
  const ask = async (
    key: Key,
    { id, caller }: FastifyRequest,
    options: Pick<LookupOptions, 'timeoutMs' | 'newest'>,
  ): Promise<Answer> => {
    const result = await lookUp(kusto, lookup, key, {
      traceId: id,
      caller: shareholderOf(caller),
      ...options,
    });
    return answerOf(result, freshSecondsOf(apiOf(lookup.name), result, lifetimes));
  };

  /** Whoever sees the named project sees, of the others in the answer, those that they may read; nobody else sees any. */
  const sightBeside = (
    named: ProjectKey,
    sightOfNamed: Sight,
    found: readonly ProjectKey[],
    { caller }: FastifyRequest,
    reply: FastifyReply,
  ): Sight | Promise<Sight> => {
    const isNamed = (project: ProjectKey): boolean => projectIdOf(project) === projectIdOf(named);
    const others = found.filter((project) => !isNamed(project));
    if (sightOfNamed.kind !== 'all') return seesNothing;
    if (others.length === 0) return seesAll;
    const together = (sight: Sight): Sight =>
      sight.kind === 'all' ? sight : { ...sight, sees: (project) => isNamed(project) || sight.sees(project) };
    const asked = { found: others, about: projectIdOf(named), isKnown: true };
    const sight = rights.sight(caller, asked, remainingMs(reply, deadlineMs));
    if (!(sight instanceof Promise)) return together(sight);
    return sight.then(together, (error: unknown) => {
      // What cannot be told of them stays hidden: the named project is shown all the same.
      if (error instanceof RightsError) return together(seesNothing);
      throw error;
    });
  };

  const respondTo = (
    key: Key,
    request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply | Promise<FastifyReply> => {
    const { caller } = request;
    const named = lookup.projectOf?.(key);
    const cacheKey = lookup.cacheKey(key);
    const respond = ({ answer, ...ages }: CachedAnswer, sightOfNamed?: Sight) => {
      const found = answer.kind === 'found' ? answer.projects : [];
      const asked = { found, about: `${lookup.name} ${cacheKey}`, isKnown: answer.kind !== 'unknown' };
      const sent = (sight: Sight): FastifyReply =>
        send(reply, visiblePartOf(lookup, key, answer, sight), ages, request.headers['if-none-match']);
      const sight =
        named && sightOfNamed
          ? sightBeside(named, sightOfNamed, found, request, reply)
          : rights.sight(caller, asked, remainingMs(reply, deadlineMs));
      return sight instanceof Promise ? sight.then(sent) : sent(sight);
    };
    const sight = named && rights.sight(caller, { named }, remainingMs(reply, deadlineMs));
    const about = lookup.changesWith?.(key);
    const fresh = cache.fresh(cacheKey, about);
    // What is at hand is answered at once: promises would cost as much as all the rest.
    if (fresh && !(sight instanceof Promise)) return respond(fresh, sight);
    const cached =
      fresh ??
      cache.get(
        cacheKey,
        (newest) => ask(key, request, { timeoutMs: remainingMs(reply, deadlineMs), newest }),
        about,
      );
    return Promise.all([cached, sight]).then(([answered, known]) => respond(answered, known));
  };

  const viewOf = ({ id, caller }: FastifyRequest, reply: FastifyReply): View => ({
    query: ({ text, parameters }) =>
      kusto.query(text, parameters, {
        interactive: true,
        traceId: id,
        caller: shareholderOf(caller),
        timeoutMs: remainingMs(reply, deadlineMs),
      }),
    async visible(projects, about) {
      const asked = { found: projects, about, isKnown: projects.length > 0 };
      const sight = await rights.sight(caller, asked, remainingMs(reply, deadlineMs));
      return sight.kind === 'all' ? () => true : sight.sees;
    },
  });

  for (const path of paths) {
    app.get<LookupRoute>(path, (request, reply) => {
      const refusal = rights.refusal(request.caller);
      if (refusal !== undefined) return sendProblem(reply, { status: 403, message: refusal });
      const given = lookup.read(request.query.raw, request.params.id ?? '');
      if (!given.ok) return sendMistakes(reply, given.mistakes);
      if (!lookup.complete) return respondTo(given.values, request, reply);
      return lookup
        .complete(given.values, viewOf(request, reply))
        .then((reading) =>
          reading.ok ? respondTo(reading.values, request, reply) : sendMistakes(reply, reading.mistakes),
        );
    });
  }
}

interface LookupRoute {
  readonly Querystring: { readonly raw: string };
  readonly Params: { readonly id?: string };
}

/** Where nobody proves who they are, everybody is the same caller, and may take all there is. */
function shareholderOf({ kind, id }: Caller): string | undefined {
  return kind === 'anyone' ? undefined : id;
}

function send(
  reply: FastifyReply,
  answer: Answer,
  { ageSeconds = 0, staleSeconds }: Omit<CachedAnswer, 'answer'>,
  ifNoneMatch: string | undefined,
): FastifyReply {
  if (answer.kind === 'unknown') return sendProblem(reply, { status: 404, ...answer });
  if (answer.kind === 'invalid') return sendMistakes(reply, answer.mistakes);
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
    .header(
      'cache-control',
      staleSeconds === undefined
        ? `private, max-age=${Math.max(0, answer.freshSeconds - ageSeconds)}`
        : 'no-store',
    );
  if (isNamedBy(answer.etag, ifNoneMatch)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(answer.body);
}

/** A header holds visible ASCII only: the rest is percent-encoded, as in an address. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, encodeURIComponent);
}
