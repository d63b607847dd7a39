/**
 * What the backend tells about itself: traces, metrics, log lines and audit records. Without a destination there is
 * none: see open.ts.
 */
import type { AuditRecord } from './audit/record.ts';
import type { AttributesOf, ObservedMetric, RecordedMetric } from './metrics.ts';

/** The values of attributes of a span. Undefined ones are left out. */
export type SpanAttributes = Readonly<Record<string, string | number | undefined>>;

/** A value of a metric, read when metrics are exported. */
export interface MetricObservation<Name extends ObservedMetric> {
  readonly value: number;
  readonly attributes: AttributesOf<Name>;
}

/** The trace context that a caller sent (W3C `traceparent`). */
export interface RemoteSpan {
  readonly spanId: string;
  readonly isSampled: boolean;
}

export interface StartedSpan {
  /** Ends the span. @param errorType why it failed, in a word; undefined if it did not */
  end(attributes: SpanAttributes, errorType?: string): void;
}

export interface Telemetry {
  /** Adds to a counter, or records a value of a histogram. */
  record<Name extends RecordedMetric>(name: Name, value: number, attributes: AttributesOf<Name>): void;
  /** Reads a metric whenever metrics are exported. A reading that fails is left out. */
  observe<Name extends ObservedMetric>(
    name: Name,
    read: () => readonly MetricObservation<Name>[] | Promise<readonly MetricObservation<Name>[]>,
  ): void;
  /** Starts the span of a request that came in. @param traceId the request's id */
  startRequest(
    name: string,
    traceId: string,
    remote: RemoteSpan | undefined,
    attributes: SpanAttributes,
  ): StartedSpan;
  /** Starts the span of a request to another service. @param traceId the trace, whose request it is part of */
  startCall(name: string, traceId: string | undefined, attributes: SpanAttributes): StartedSpan;
  /** Takes log lines as pino writes them. */
  readonly logLines: { write(line: string): void } | undefined;
  /** Takes a record of an access. Never waits and never throws. */
  audit(record: AuditRecord): void;
  /** Says where problems of telemetry itself are reported; to standard error until then. */
  reportTo(log: ProblemLog): void;
  /** Sends what is ready to be sent. */
  flush(): Promise<void>;
  /** The same for the last time, within a few seconds; what cannot be sent is dropped and reported. */
  close(): Promise<void>;
}

/** A pino logger fits. */
export interface ProblemLog {
  warn(fields: object, message: string): void;
}
