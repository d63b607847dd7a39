/**
 * The part of an answer that a caller may see. To whoever may see nothing of it, an answer is the same as one about an
 * unknown key, made on the same path.
 */
import type { Sight } from '../rights/rights.ts';
import { type Answer, answerOf } from './answer.ts';
import type { Lookup } from './lookup.ts';

/** What `sight` leaves of an answer. Whoever sees all of it gets the cached bytes and their ETag. */
export function visiblePartOf<Key, Body extends object>(
  lookup: Lookup<Key, Body>,
  key: Key,
  answer: Answer,
  sight: Sight,
): Answer {
  if (answer.kind === 'unknown') return unknownAnswer(lookup, key);
  if (sight.kind === 'all') return answer;
  if (answer.kind !== 'found' || !answer.projects.some(sight.sees)) return unknownAnswer(lookup, key);
  if (!lookup.partOf || answer.projects.every(sight.sees)) return answer;
  const { sees, mayCount = false } = sight;
  const body = lookup.partOf(JSON.parse(answer.body), { sees, mayCount, projects: answer.projects });
  const projects = answer.projects.filter(sight.sees);
  // Rights change sooner than answers do.
  return answerOf({ kind: 'found', body, projects }, 0);
}

function unknownAnswer<Key, Body extends object>(lookup: Lookup<Key, Body>, key: Key): Answer {
  return answerOf(lookup.result(key, { kind: 'unknown' }, []), 0);
}
