/**
 * One trace id per request (W3C trace context): the caller's if it sends one, otherwise a new one. It is the
 * request's id in logs, in errors, in the answer's `X-Trace-Id` and in what Kusto records.
 */
import { randomBytes } from 'node:crypto';
import type { RemoteSpan } from './telemetry.ts';

const traceparentForm = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;
const noTrace = '0'.repeat(32);
const noSpan = '0'.repeat(16);

/**
 * The trace id of a request: 32 hexadecimal digits.
 *
 * @param traceparent the header of that name; a malformed one is ignored, as the standard requires
 */
export function traceIdOf(traceparent: string | string[] | undefined): string {
  const sent = typeof traceparent === 'string' ? traceparentForm.exec(traceparent)?.[1] : undefined;
  return sent === undefined || sent === noTrace ? newTraceId() : sent;
}

/** Digits of the next ids: making each of them alone would take several times as long. */
let digits = '';
let used = 0;

function newTraceId(): string {
  if (used === digits.length) {
    digits = randomBytes(2_048).toString('hex');
    used = 0;
  }
  used += noTrace.length;
  return digits.slice(used - noTrace.length, used);
}

/** The caller's own span, where it sends one; undefined where {@link traceIdOf} gives a new trace. */
export function remoteSpanOf(traceparent: string | string[] | undefined): RemoteSpan | undefined {
  const sent = typeof traceparent === 'string' ? traceparentForm.exec(traceparent) : null;
  if (!sent) return undefined;
  const [, traceId, spanId = noSpan, flags = '00'] = sent;
  if (traceId === noTrace || spanId === noSpan) return undefined;
  return { spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
