/**
 * Answers in Redis, which all instances share: as they are sent, with all that the cache must know of them, before
 * anyone's rights are applied. What cannot be read, written or understood is not there: nothing here throws.
 */
import { hash } from 'node:crypto';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
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
const version = 2;
const seconds = Type.Number({ minimum: 0 });
const times = { keptSeconds: seconds, freshSeconds: seconds };
/** Everything but the body of an answer. Without projects nobody's rights could be applied. */
const HeadSchema = Type.Union([
  Type.Object({
    kind: Type.Literal('found'),
    etag: Type.String({ pattern: '^"[\\w-]{27}"$' }),
    projects: Type.Array(Type.Object({ organization: Type.String(), project: Type.String() })),
    ...times,
  }),
  Type.Object({ kind: Type.Literal('none'), reason: Type.String(), ...times }),
  Type.Object({ kind: Type.Literal('unknown'), message: Type.String(), ...times }),
]);
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

/** A digest of what follows, a line with everything but the body, then the body as it is sent. */
function recordOf(answer: Answer, keptSeconds: number): string {
  const { body, ...rest } = answer.kind === 'found' ? answer : { ...answer, body: '' };
  const content = `${JSON.stringify({ keptSeconds, ...rest })}\n${body}`;
  return `${digestOf(content)}\n${content}`;
}

/** Tells a record that is whole from one that is cut, mixed up or not ours. It is no signature. */
function digestOf(content: string): string {
  return hash('sha256', content, 'base64url');
}

/** The age comes from the time that is left, so it does not depend on the clocks of instances. */
function read(record: string, leftMs: number): SharedAnswer | undefined {
  const start = record.indexOf('\n') + 1;
  const content = record.slice(start);
  if (record.slice(0, start) !== `${digestOf(content)}\n`) return undefined;
  const end = content.indexOf('\n');
  const head: unknown = JSON.parse(content.slice(0, end));
  if (!Check(HeadSchema, head)) return undefined;
  const { keptSeconds, ...rest } = head;
  const ageSeconds = keptSeconds - leftMs / 1000;
  if (leftMs < 0 || !(ageSeconds >= 0)) return undefined;
  const answer: Answer = rest.kind === 'found' ? { ...rest, body: content.slice(end + 1) } : rest;
  return { answer, ageSeconds };
}

/** ASCII without blanks and line breaks, different for different keys, lone surrogates included. */
function escaped(key: string): string {
  return JSON.stringify(key)
    .slice(1, -1)
    .replace(/[^!-~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
