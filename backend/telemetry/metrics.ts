/**
 * Every metric of the backend, declared once: instruments, the table in docs/operations/backend.md and alerts come from here.
 * Names follow OpenTelemetry's naming guide: its own where it has a stable one, else under `deployments.`; units are
 * UCUM, durations in seconds. No attribute holds what was asked for, and each has few values.
 */

import { type AlertDeclaration, conditionOf } from './alerts.ts';

export interface MetricDeclaration {
  /** A counter and a histogram are recorded when something happens; the others are read when metrics are exported. */
  readonly kind: 'counter' | 'histogram' | 'gauge' | 'observedCounter';
  readonly unit: string;
  /** One line of Markdown. */
  readonly description: string;
  readonly attributes: readonly string[];
  /** Why it exists: the question that it answers. */
  readonly reason: string;
  /** When somebody is told; none where it is for reading only. */
  readonly alerts: readonly AlertDeclaration[];
  /** Bounds of the buckets of a histogram. */
  readonly boundaries?: readonly number[];
}

/** Those that OpenTelemetry advises for durations of HTTP requests; ours must stay under a second. */
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** The same for databases: lookups take a millisecond, commands of jobs minutes. */
const operationSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 60, 300];

export const metrics = {
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'duration of a request, probes left out',
    attributes: [
      'http.request.method',
      'http.route',
      'http.response.status_code',
      'url.scheme',
      'error.type',
    ],
    reason: 'the service level: availability, and answers under a second',
    alerts: [
      {
        id: 'availability-fast-burn',
        severity: 1,
        measure: { kind: 'burnRate', factor: 14.4, shortMinutes: 5 },
        where: { attribute: 'http.response.status_code', atLeast: 500 },
        minutes: 60,
      },
      {
        id: 'availability-slow-burn',
        severity: 2,
        measure: { kind: 'burnRate', factor: 6, shortMinutes: 30 },
        where: { attribute: 'http.response.status_code', atLeast: 500 },
        minutes: 360,
      },
      {
        id: 'server-errors',
        severity: 2,
        measure: { kind: 'share', above: 0.01, of: 100 },
        where: { attribute: 'http.response.status_code', atLeast: 500 },
        minutes: 5,
      },
      {
        id: 'too-many-requests',
        severity: 3,
        measure: { kind: 'share', above: 0.05, of: 100 },
        where: { attribute: 'http.response.status_code', is: 429 },
        minutes: 15,
      },
      { id: 'latency', severity: 2, measure: { kind: 'p99', of: 'requests', above: 1 }, minutes: 5 },
    ],
    boundaries: requestSeconds,
  },
  'db.client.operation.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'duration of a request to Kusto, with the wait in line and a second try',
    attributes: [
      'db.system.name',
      'db.namespace',
      'db.operation.name',
      'db.stored_procedure.name',
      'db.response.status_code',
      'error.type',
    ],
    reason: 'whether a slow or failed answer is Kusto, and which function of it',
    alerts: [
      {
        id: 'kusto-errors',
        severity: 2,
        measure: { kind: 'share', above: 0.01, of: 100 },
        where: { attribute: 'error.type', isSet: true },
        minutes: 5,
      },
      {
        id: 'kusto-throttling',
        severity: 2,
        measure: { kind: 'total', above: 0 },
        where: { attribute: 'db.response.status_code', is: 429 },
        minutes: 5,
      },
      {
        id: 'kusto-latency',
        severity: 3,
        measure: { kind: 'p99', of: 'dependencies', above: 0.9 },
        minutes: 5,
      },
    ],
    boundaries: operationSeconds,
  },
  'deployments.api.results': {
    kind: 'counter',
    unit: '{result}',
    description: 'what callers were told: `found`, `none`, `unknown`, `not_modified`, `invalid`, `refused` …',
    attributes: ['deployments.api', 'deployments.client', 'deployments.result'],
    reason: 'who uses which API, and who gets nothing from it: a status alone says neither',
    alerts: [
      {
        id: 'unknown-ids',
        severity: 3,
        measure: { kind: 'share', above: 0.5, of: 20, by: 'deployments.client' },
        where: { attribute: 'deployments.result', is: 'unknown' },
        minutes: 15,
      },
    ],
  },
  'deployments.cache.lookups': {
    kind: 'observedCounter',
    unit: '{lookup}',
    description:
      'lookups by where the answer came from: `memory`, `shared` (Redis), `queried`, `stale`, `failed`',
    attributes: ['deployments.api', 'deployments.cache.outcome'],
    reason: 'the hit ratio, which is what protects Kusto',
    alerts: [
      {
        id: 'stale-answers',
        severity: 2,
        measure: { kind: 'total', above: 0 },
        where: { attribute: 'deployments.cache.outcome', is: 'stale' },
        minutes: 5,
      },
    ],
  },
  'deployments.rights.decisions': {
    kind: 'counter',
    unit: '{decision}',
    description:
      'decisions on what a caller may see: `all`, `some`, `nothing`, `refused` (no grant at all), `unknown` (could not be asked)',
    attributes: ['deployments.rights.outcome'],
    reason: 'a wrong grant looks like missing data to callers',
    alerts: [
      {
        id: 'rights-unknown',
        severity: 2,
        measure: { kind: 'total', above: 0 },
        where: { attribute: 'deployments.rights.outcome', is: 'unknown' },
        minutes: 5,
      },
      {
        id: 'rights-nothing',
        severity: 3,
        measure: { kind: 'share', above: 0.5, of: 20 },
        where: { attribute: 'deployments.rights.outcome', is: 'nothing' },
        minutes: 15,
      },
    ],
  },
  'deployments.limit.decisions': {
    kind: 'counter',
    unit: '{decision}',
    description:
      'requests that a rate limit counts, by what it said: `allowed`, `limited`; scope `client` or `address`',
    attributes: ['deployments.limit.scope', 'deployments.limit.outcome'],
    reason: 'whether limits fit the clients, and whether somebody attacks',
    alerts: [
      {
        id: 'clients-limited',
        severity: 3,
        measure: { kind: 'total', above: 0 },
        where: { attribute: 'deployments.limit.outcome', is: 'limited' },
        and: { attribute: 'deployments.limit.scope', is: 'client' },
        minutes: 15,
      },
    ],
  },
  'deployments.load.rejections': {
    kind: 'counter',
    unit: '{request}',
    description: 'requests that were answered 503 at once because this process is overloaded',
    attributes: ['deployments.load.signal'],
    reason: 'says that more instances are needed, before callers do',
    alerts: [{ id: 'overload', severity: 2, measure: { kind: 'total', above: 0 }, minutes: 5 }],
  },
  'nodejs.eventloop.delay.p99': {
    kind: 'gauge',
    unit: 's',
    description: 'delay of the event loop since the last export, 99th percentile',
    attributes: [],
    reason: 'the first sign of overload, and of code that blocks',
    alerts: [{ id: 'event-loop-delay', severity: 3, measure: { kind: 'largest', above: 0.1 }, minutes: 5 }],
  },
  'deployments.changelog.message.age': {
    kind: 'gauge',
    unit: 's',
    description: "age of the oldest message on the changelog's queue",
    attributes: [],
    reason: 'how far the changelog is behind Azure DevOps',
    alerts: [{ id: 'queue-age', severity: 2, measure: { kind: 'largest', above: 300 }, minutes: 5 }],
  },
  'deployments.changelog.message.poison': {
    kind: 'gauge',
    unit: '{message}',
    description: 'messages on the poison queue',
    attributes: [],
    reason: 'each is an event that nobody sees until somebody looks',
    alerts: [{ id: 'poison-messages', severity: 3, measure: { kind: 'largest', above: 0 }, minutes: 5 }],
  },
  'deployments.changelog.row.waiting': {
    kind: 'gauge',
    unit: '{row}',
    description: 'rows of events that are not written yet',
    attributes: [],
    reason: 'whether Kusto takes in what the changelog has read',
    alerts: [{ id: 'rows-waiting', severity: 3, measure: { kind: 'largest', above: 5_000 }, minutes: 5 }],
  },
  'deployments.changelog.events': {
    kind: 'observedCounter',
    unit: '{event}',
    description: 'events by type: `understood`, or `set_aside` with a reason',
    attributes: ['deployments.event.type', 'deployments.event.outcome'],
    reason: 'silence is an alarm too: a hook that is disabled sends nothing',
    alerts: [
      {
        id: 'events-silent',
        severity: 2,
        measure: { kind: 'silence' },
        where: { attribute: 'deployments.event.outcome', is: 'understood' },
        minutes: 60,
      },
      {
        id: 'events-set-aside',
        severity: 3,
        measure: { kind: 'share', above: 0.01, of: 100 },
        where: { attribute: 'deployments.event.outcome', is: 'set_aside' },
        minutes: 60,
      },
    ],
  },
  'deployments.job.lag': {
    kind: 'gauge',
    unit: 's',
    description: 'how old the oldest rows are that a mapping job has still to read; 0 if there are none',
    attributes: ['deployments.job.name'],
    reason: 'a build without deployments may be one that is not mapped yet',
    alerts: [{ id: 'job-lag', severity: 2, measure: { kind: 'largest', above: 600 }, minutes: 10 }],
  },
  'deployments.audit.records': {
    kind: 'observedCounter',
    unit: '{record}',
    description: 'records of accesses: `sent`, or `dropped` because the buffer was full or the process ended',
    attributes: ['deployments.audit.outcome'],
    reason: 'a gap in the audit has to be known',
    alerts: [
      {
        id: 'audit-losses',
        severity: 1,
        measure: { kind: 'total', above: 0 },
        where: { attribute: 'deployments.audit.outcome', is: 'dropped' },
        minutes: 5,
      },
    ],
  },
  'deployments.audit.buffer.usage': {
    kind: 'gauge',
    unit: '{record}',
    description: 'records of accesses that wait for the collector, out of `AUDIT_BUFFER_RECORDS`',
    attributes: [],
    reason: 'says that the collector is away while nothing is lost yet',
    alerts: [{ id: 'audit-buffer', severity: 2, measure: { kind: 'largest', above: 10_000 }, minutes: 5 }],
  },
  'deployments.canary.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'duration of a question that the canary asks the service, and whether the answer was right',
    attributes: ['deployments.canary.check', 'deployments.canary.outcome'],
    reason: 'a service may answer in time and wrongly, which no probe sees',
    alerts: [
      {
        id: 'canary-failing',
        severity: 1,
        measure: { kind: 'total', above: 2 },
        where: { attribute: 'deployments.canary.outcome', is: 'failed' },
        minutes: 15,
      },
      { id: 'canary-silent', severity: 2, measure: { kind: 'silence' }, minutes: 60 },
    ],
    boundaries: requestSeconds,
  },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

export type MetricName = keyof typeof metrics;

type NameOf<Kind extends MetricDeclaration['kind']> = {
  [Name in MetricName]: (typeof metrics)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** Metrics that are recorded when something happens. */
export type RecordedMetric = NameOf<'counter' | 'histogram'>;
/** Metrics that are read when they are exported. */
export type ObservedMetric = NameOf<'gauge' | 'observedCounter'>;

/** Values of the attributes that a metric declares; undefined ones are left out. */
export type AttributesOf<Name extends MetricName> = {
  readonly [Attribute in (typeof metrics)[Name]['attributes'][number]]?: string | number | undefined;
};

/** The metrics as a Markdown table. */
export function metricsTable(): string {
  const rows = Object.entries<MetricDeclaration>(metrics).map(
    ([name, { kind, unit, description, attributes, reason, alerts }]) => {
      const instrument = kind === 'observedCounter' ? 'counter' : kind;
      const list = attributes.length > 0 ? attributes.map((attribute) => `\`${attribute}\``).join(', ') : '–';
      const conditions = alerts.map(
        (alert) => `[${alert.id}](alerts/${alert.id}.md): ${conditionOf(alert, unit)}`,
      );
      return `| \`${name}\` | ${instrument}, \`${unit}\` | ${description} | ${list} | ${reason} | ${conditions.join('; ')} |`;
    },
  );
  return [
    '| metric | instrument, unit | meaning | attributes | why | alert on |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
