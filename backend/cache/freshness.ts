/** How long an answer is used without another query: shorter where more may arrive soon. */
import type { ApiName } from '../../api/paths.ts';
import type { CacheConfig } from '../config.ts';
import type { LookupResult } from '../lookups/lookup.ts';

/** For `none` and `unknown`: what is unknown now may be known soon. */
const otherFreshSeconds = 2;

/** The seconds for which a result of `api` is fresh. @param now milliseconds since 1970 */
export function freshSecondsOf(
  api: ApiName,
  result: LookupResult<object>,
  { freshSeconds, growingFreshSeconds }: Pick<CacheConfig, 'freshSeconds' | 'growingFreshSeconds'>,
  now = Date.now(),
): number {
  const longest = freshSeconds[api];
  if (result.kind !== 'found') return Math.min(longest, otherFreshSeconds);
  const mayGrow = result.mayGrowUntil !== undefined && result.mayGrowUntil.getTime() > now;
  return mayGrow ? Math.min(longest, growingFreshSeconds) : longest;
}
