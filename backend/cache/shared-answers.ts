/**
 * Answers in Redis, which all instances share: as they are sent, with all that the cache must know of them, before
 * anyone's rights are applied. What cannot be read, written or understood is not there: nothing here throws.
 */
import { hash } from 'node:crypto';
import type { Answer } from '../lookups/answer.ts';
import type { RedisConnection } from '../redis/connection.ts';

/** An answer of this or another instance. */
export interface SharedAnswer {
  readonly answer: Answer;
  /** Since its query began. */
  readonly ageSeconds: number;
}

export interface SharedAnswers {
  get(key: string): Promise<SharedAnswer | undefined>;
  /** Keeps an answer in the background. */
  set(key: string, answer: Answer): void;
}

/** To be raised whenever `Answer` or the record changes: versions that run beside each other do not share. */
const version = 1;
const kinds: ReadonlySet<string> = new Set<Answer['kind']>(['found', 'none', 'unknown']);
/** Larger answers stay in the process: they would not arrive in time. */
const largestRecord = 1024 * 1024;

/**
 * Answers under keys of their own.
 *
 * @param data where the answers come from, so that two environments never mix
 * @param api the API whose answers these are
 * @param staleLimitSeconds how long an answer is kept when it is no longer fresh
 */
export function openSharedAnswers(
  redis: RedisConnection,
  data: string,
  api: string,
  staleLimitSeconds: number,
): SharedAnswers {
  const prefix = `deployments:${version}:${hash('sha256', data, 'base64url').slice(0, 12)}:${api}:`;
  return {
    async get(key) {
      try {
        const name = prefix + escaped(key);
        const [record, leftMs] = await redis.run((commands) =>
          Promise.all([commands.get(name), commands.pTTL(name)]),
        );
        return record === null ? undefined : read(record, leftMs);
      } catch {
        return undefined;
      }
    },
    set(key, answer) {
      const keptSeconds = answer.freshSeconds + (answer.kind === 'unknown' ? 0 : staleLimitSeconds);
      if (keptSeconds <= 0) return;
      const record = recordOf(answer, keptSeconds);
      if (record.length > largestRecord) return;
      redis
        .run((commands) => commands.set(prefix + escaped(key), record, { PX: keptSeconds * 1000 }))
        .catch(() => undefined);
    },
  };
}

/** A line with everything but the body, then the body as it is sent. */
function recordOf(answer: Answer, keptSeconds: number): string {
  const { body, ...rest } = answer.kind === 'found' ? answer : { ...answer, body: '' };
  return `${JSON.stringify({ keptSeconds, ...rest })}\n${body}`;
}

/** The age comes from the time that is left, so it does not depend on the clocks of instances. */
function read(record: string, leftMs: number): SharedAnswer | undefined {
  const end = record.indexOf('\n');
  const { keptSeconds, ...rest } = JSON.parse(record.slice(0, end)) as Answer & {
    readonly keptSeconds: number;
  };
  const ageSeconds = keptSeconds - leftMs / 1000;
  if (leftMs < 0 || !(ageSeconds >= 0) || !kinds.has(rest.kind)) return undefined;
  if (rest.kind !== 'found') return { answer: rest, ageSeconds };
  // Without them nobody's rights could be applied.
  if (!Array.isArray(rest.projects)) return undefined;
  return { answer: { ...rest, body: record.slice(end + 1) }, ageSeconds };
}

/** ASCII without blanks and line breaks, different for different keys, lone surrogates included. */
function escaped(key: string): string {
  return JSON.stringify(key)
    .slice(1, -1)
    .replace(/[^!-~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
