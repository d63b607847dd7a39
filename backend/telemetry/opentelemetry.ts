/**
 * Telemetry by OpenTelemetry's SDK. This module and what it imports are loaded only where telemetry has a destination.
 * Nothing is registered globally: two apps in one process do not mix.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type Logger, SeverityNumber } from '@opentelemetry/api-logs';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { sleep } from '../../net/sleep.ts';
import { productVersion } from '../docs/product-version.ts';
import { AuditBuffer } from './audit/buffer.ts';
import { type AuditRecord, auditAttributes, auditEventName } from './audit/record.ts';
import { type Exporters, loadAuditExporter, loadExporters } from './exporters.ts';
import { Instruments } from './instruments.ts';
import { logRecordOf } from './log-lines.ts';
import type { TelemetryConfig } from './settings.ts';
import type { ProblemLog, RemoteSpan, SpanAttributes, StartedSpan, Telemetry } from './telemetry.ts';

const scope = 'deployments';
/** How long the end of the process waits for the collector. */
const longestCloseMs = 2_500;
const reportEveryMs = 60_000;
/** Paths and ids may have any length that a request may have. */
const longestAttribute = 1_024;

/** Starts telemetry. */
export async function startOpenTelemetry(config: TelemetryConfig): Promise<Telemetry> {
  const resource = resourceFromAttributes({
    'service.name': config.serviceName,
    'service.version': productVersion(),
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
  });
  const [auditExporter, exporters] = await Promise.all([
    loadAuditExporter(config.audit.destination),
    config.destination && loadExporters(config.destination),
  ]);
  let log: ProblemLog | undefined;
  const report: ProblemLog['warn'] = (fields, message) => {
    if (log) log.warn(fields, message);
    else process.stderr.write(`${message}: ${JSON.stringify(fields)}\n`);
  };
  reportFailedExports(report);
  const audit = new AuditBuffer({
    exporter: auditExporter,
    most: config.audit.bufferRecords,
    onAlarm: report,
  });
  return new OpenTelemetry(config, resource, exporters, audit, (given) => {
    log = given;
  });
}

class OpenTelemetry implements Telemetry {
  readonly reportTo: Telemetry['reportTo'];
  readonly logLines: Telemetry['logLines'];
  readonly #providers: readonly { forceFlush(): Promise<void>; shutdown(): Promise<void> }[];
  readonly #tracer: Tracer | undefined;
  readonly #instruments: Instruments | undefined;
  readonly #auditLogger: Logger;
  readonly #traceIds = new TraceIds();
  /** The requests under way, by their traces, so that calls made for them become part of them. */
  readonly #requests = new Map<string, Context>();

  constructor(
    config: TelemetryConfig,
    resource: Resource,
    exporters: Exporters | undefined,
    audit: AuditBuffer,
    reportTo: Telemetry['reportTo'],
  ) {
    this.reportTo = reportTo;
    const auditProvider = new LoggerProvider({ resource, processors: [audit] });
    this.#auditLogger = auditProvider.getLogger(`${scope}.audit`);
    if (!exporters) {
      this.#providers = [auditProvider];
      return;
    }
    const traces = new BasicTracerProvider({
      resource,
      idGenerator: this.#traceIds,
      sampler: samplerOf(config.tracesShare),
      spanLimits: { attributeValueLengthLimit: longestAttribute },
      spanProcessors: [new BatchSpanProcessor(exporters.traces)],
    });
    const metrics = new MeterProvider({
      resource,
      readers: [
        new PeriodicExportingMetricReader({
          exporter: exporters.metrics,
          exportIntervalMillis: config.metricsIntervalMs,
          exportTimeoutMillis: Math.min(config.metricsIntervalMs, 30_000),
        }),
      ],
    });
    const logs = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor(exporters.logs)],
    });
    this.#tracer = traces.getTracer(scope);
    this.#instruments = new Instruments(metrics.getMeter(scope));
    this.#providers = [auditProvider, traces, metrics, logs];
    if (config.logs) this.logLines = lineSink(logs.getLogger(scope));
    this.observe('deployments.audit.buffer.usage', () => [{ value: audit.waiting, attributes: {} }]);
    this.observe('deployments.audit.records', () =>
      Object.entries(audit.counts).map(([outcome, value]) => ({
        value,
        attributes: { 'deployments.audit.outcome': outcome },
      })),
    );
  }

  record: Telemetry['record'] = (name, value, attributes) => {
    this.#instruments?.record(name, value, attributes);
  };

  observe: Telemetry['observe'] = (name, read) => {
    this.#instruments?.observe(name, read);
  };

  startRequest(
    name: string,
    traceId: string,
    remote: RemoteSpan | undefined,
    attributes: SpanAttributes,
  ): StartedSpan {
    if (!this.#tracer) return noSpan;
    const options = { kind: SpanKind.SERVER, attributes };
    const parent = remote && remoteContext(traceId, remote);
    const span = parent
      ? this.#tracer.startSpan(name, options, parent)
      : this.#traceIds.using(
          traceId,
          (tracer) => tracer.startSpan(name, options, ROOT_CONTEXT),
          this.#tracer,
        );
    const context = trace.setSpan(ROOT_CONTEXT, span);
    this.#requests.set(traceId, context);
    return {
      end: (more, errorType) => {
        // A caller may send several requests with one trace.
        if (this.#requests.get(traceId) === context) this.#requests.delete(traceId);
        endSpan(span, more, errorType);
      },
    };
  }

  startCall(name: string, traceId: string | undefined, attributes: SpanAttributes): StartedSpan {
    const request = traceId === undefined ? undefined : this.#requests.get(traceId);
    if (!this.#tracer || !request) return noSpan;
    const span = this.#tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, request);
    return { end: (more, errorType) => endSpan(span, more, errorType) };
  }

  audit(record: AuditRecord): void {
    this.#auditLogger.emit({
      eventName: auditEventName,
      severityNumber: SeverityNumber.INFO,
      severityText: 'INFO',
      body: auditEventName,
      attributes: auditAttributes(record, randomUUID()),
      context: contextOfTrace(record.traceId),
    });
  }

  async flush(): Promise<void> {
    await Promise.allSettled(this.#providers.map((provider) => provider.forceFlush()));
  }

  async close(): Promise<void> {
    const over = new AbortController();
    const closed = Promise.all(this.#providers.map((provider) => provider.shutdown().catch(() => undefined)));
    await Promise.race([closed, sleep(longestCloseMs, over.signal)]);
    over.abort();
  }
}

/** The SDK has one place for such errors in a process. They come with every export, so one a minute is enough. */
function reportFailedExports(report: ProblemLog['warn']): void {
  let reportedAt = Number.NEGATIVE_INFINITY;
  setGlobalErrorHandler((error) => {
    if (performance.now() - reportedAt < reportEveryMs) return;
    reportedAt = performance.now();
    const reason = error instanceof Error ? error.message : String(error);
    report({ reason }, 'telemetry: the collector does not answer');
  });
}

const noSpan: StartedSpan = { end: () => undefined };

function endSpan(
  span: ReturnType<Tracer['startSpan']>,
  attributes: SpanAttributes,
  errorType?: string,
): void {
  span.setAttributes(attributes);
  if (errorType !== undefined) {
    span.setAttribute('error.type', errorType);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** A caller can ask that a trace be left out, but not that more are kept than the setting says. */
function samplerOf(share: number): ParentBasedSampler {
  const root = new TraceIdRatioBasedSampler(share);
  return new ParentBasedSampler({
    root,
    remoteParentSampled: root,
    remoteParentNotSampled: new AlwaysOffSampler(),
  });
}

function remoteContext(traceId: string, { spanId, isSampled }: RemoteSpan): Context {
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** A record belongs to a trace whether or not that is sampled. */
function contextOfTrace(traceId: string): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: noSpanId,
    traceFlags: TraceFlags.NONE,
  });
}

/** Valid, which all zeros are not: a log record without a valid span has no trace either. */
const noSpanId = 'ffffffffffffffff';

function lineSink(logger: Logger): NonNullable<Telemetry['logLines']> {
  return {
    write(line) {
      const record = logRecordOf(line);
      if (!record) return;
      const { traceId, ...rest } = record;
      logger.emit({ ...rest, ...(traceId !== undefined && { context: contextOfTrace(traceId) }) });
    },
  };
}

/** Gives a new trace the id that its request has already, in log lines and in the answer. */
class TraceIds extends RandomIdGenerator {
  #next: string | undefined;
  readonly #random = this.generateTraceId;

  constructor() {
    super();
    this.generateTraceId = () => this.#next ?? this.#random();
  }

  using<T>(traceId: string, start: (tracer: Tracer) => T, tracer: Tracer): T {
    this.#next = traceId;
    try {
      return start(tracer);
    } finally {
      this.#next = undefined;
    }
  }
}
