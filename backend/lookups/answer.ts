/**
 * What a lookup found, ready to be sent and to be kept: the body is serialised and hashed once.
 */
import { hash } from 'node:crypto';
import type { ApiError } from '../../api/contract.ts';

/** Found, known without anything to show (204), or unknown (404). */
export type Answer =
  | { readonly kind: 'found'; readonly body: string; readonly etag: string }
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly message: string; readonly details?: ApiError['details'] };

/** A found answer with this body. Its ETag is strong: equal bytes, and only those, have equal tags. */
export function found(content: object): Answer {
  const body = JSON.stringify(content);
  return { kind: 'found', body, etag: `"${hash('sha256', body, 'base64url').slice(0, 27)}"` };
}

/** Whether an `If-None-Match` header names this ETag (weak comparison, as RFC 9110 asks). */
export function isNamedBy(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
