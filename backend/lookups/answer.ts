/**
 * A lookup's result as it is cached, before rights: the body is serialised and hashed once, with the projects that
 * decide who may see it. See `visible-part.ts` for what a caller gets.
 */
import { hash } from 'node:crypto';
import type { LookupResult, ProjectOfAnswer } from './lookup.ts';

export type Answer = (
  | {
      readonly kind: 'found';
      readonly body: string;
      readonly etag: string;
      /** See {@link LookupResult}. */
      readonly projects: readonly ProjectOfAnswer[];
    }
  | Exclude<LookupResult<object>, { kind: 'found' }>
) & {
  /** How long it may be used without another query. */
  readonly freshSeconds: number;
};

/** The answer with a result. Its ETag is strong: equal bytes, and only those, have equal tags. */
export function answerOf(result: LookupResult<object>, freshSeconds: number): Answer {
  if (result.kind !== 'found') return { ...result, freshSeconds };
  const body = JSON.stringify(result.body);
  const etag = `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;
  return { kind: 'found', body, etag, projects: result.projects ?? [], freshSeconds };
}

/** Whether an `If-None-Match` header names this ETag (weak comparison, as in RFC 9110). */
export function isNamedBy(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
