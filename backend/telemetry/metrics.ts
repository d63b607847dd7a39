/**
 * Every metric of the backend, declared once: instruments, the table in docs/operations.md and alerts come from here.
 * Names follow OpenTelemetry's naming guide: its own where it has a stable one, else under `deployments.`; units are
 * UCUM, durations in seconds. No attribute holds what was asked for, and each has few values.
 */

export interface MetricDeclaration {
  /** A counter and a histogram are recorded when something happens; the others are read when metrics are exported. */
  readonly kind: 'counter' | 'histogram' | 'gauge' | 'observedCounter';
  readonly unit: string;
  /** One line of Markdown. */
  readonly description: string;
  readonly attributes: readonly string[];
  /** Why it exists: the question that it answers. */
  readonly reason: string;
  /** What an alert looks at; a dash where it is for reading only. */
  readonly alert: string;
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
    alert: 'p99 over 1 s, or 5xx over 0.11 % of all, for 5 minutes',
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
    alert: '`error.type` set for more than 1 % of queries, or p99 over 0.9 s, for 5 minutes',
    boundaries: operationSeconds,
  },
  'deployments.api.results': {
    kind: 'counter',
    unit: '{result}',
    description: 'what callers were told: `found`, `none`, `unknown`, `not_modified`, `invalid`, `refused` …',
    attributes: ['deployments.api', 'deployments.client', 'deployments.result'],
    reason: 'who uses which API, and who gets nothing from it: a status alone says neither',
    alert:
      '`unknown` of one client over half of its results for 15 minutes: its ids or the mapping are wrong',
  },
  'deployments.cache.lookups': {
    kind: 'observedCounter',
    unit: '{lookup}',
    description:
      'lookups by where the answer came from: `memory`, `shared` (Redis), `queried`, `stale`, `failed`',
    attributes: ['deployments.api', 'deployments.cache.outcome'],
    reason: 'the hit ratio, which is what protects Kusto',
    alert: '`stale` above zero for 5 minutes: Kusto is away',
  },
  'deployments.rights.decisions': {
    kind: 'counter',
    unit: '{decision}',
    description:
      'decisions on what a caller may see: `all`, `some`, `nothing`, `refused` (no grant at all), `unknown` (could not be asked)',
    attributes: ['deployments.rights.outcome'],
    reason: 'a wrong grant looks like missing data to callers',
    alert: '`unknown` above zero for 5 minutes, or `nothing` over half of all decisions for 15 minutes',
  },
  'deployments.limit.decisions': {
    kind: 'counter',
    unit: '{decision}',
    description:
      'requests that a rate limit counts, by what it said: `allowed`, `limited`; scope `client` or `address`',
    attributes: ['deployments.limit.scope', 'deployments.limit.outcome'],
    reason: 'whether limits fit the clients, and whether somebody attacks',
    alert: '`limited` of scope `client` above zero for 15 minutes',
  },
  'deployments.load.rejections': {
    kind: 'counter',
    unit: '{request}',
    description: 'requests that were answered 503 at once because this process is overloaded',
    attributes: ['deployments.load.signal'],
    reason: 'says that more instances are needed, before callers do',
    alert: 'above zero for 5 minutes',
  },
  'nodejs.eventloop.delay.p99': {
    kind: 'gauge',
    unit: 's',
    description: 'delay of the event loop since the last export, 99th percentile',
    attributes: [],
    reason: 'the first sign of overload, and of code that blocks',
    alert: 'over 0.1 s for 5 minutes',
  },
  'deployments.changelog.message.age': {
    kind: 'gauge',
    unit: 's',
    description: "age of the oldest message on the changelog's queue",
    attributes: [],
    reason: 'how far the changelog is behind Azure DevOps',
    alert: 'over 300 s for 5 minutes',
  },
  'deployments.changelog.message.poison': {
    kind: 'gauge',
    unit: '{message}',
    description: 'messages on the poison queue',
    attributes: [],
    reason: 'each is an event that nobody sees until somebody looks',
    alert: 'above zero',
  },
  'deployments.changelog.row.waiting': {
    kind: 'gauge',
    unit: '{row}',
    description: 'rows of events that are not written yet',
    attributes: [],
    reason: 'whether Kusto takes in what the changelog has read',
    alert: 'over 5,000 for 5 minutes',
  },
  'deployments.changelog.events': {
    kind: 'observedCounter',
    unit: '{event}',
    description: 'events by type: `understood`, or `set_aside` with a reason',
    attributes: ['deployments.event.type', 'deployments.event.outcome'],
    reason: 'silence is an alarm too: a hook that is disabled sends nothing',
    alert: 'no event for an hour in working time, or `set_aside` over 1 %',
  },
  'deployments.job.lag': {
    kind: 'gauge',
    unit: 's',
    description: 'how old the oldest rows are that a mapping job has still to read; 0 if there are none',
    attributes: ['deployments.job.name'],
    reason: 'a build without deployments may be one that is not mapped yet',
    alert: 'over 600 s for 10 minutes',
  },
  'deployments.audit.records': {
    kind: 'observedCounter',
    unit: '{record}',
    description: 'records of accesses: `sent`, or `dropped` because the buffer was full or the process ended',
    attributes: ['deployments.audit.outcome'],
    reason: 'a gap in the audit has to be known',
    alert: '`dropped` above zero',
  },
  'deployments.audit.buffer.usage': {
    kind: 'gauge',
    unit: '{record}',
    description: 'records of accesses that wait for the collector, out of `AUDIT_BUFFER_RECORDS`',
    attributes: [],
    reason: 'says that the collector is away while nothing is lost yet',
    alert: 'over half of the buffer',
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
    ([name, { kind, unit, description, attributes, reason, alert }]) => {
      const instrument = kind === 'observedCounter' ? 'counter' : kind;
      const list = attributes.length > 0 ? attributes.map((attribute) => `\`${attribute}\``).join(', ') : '–';
      return `| \`${name}\` | ${instrument}, \`${unit}\` | ${description} | ${list} | ${reason} | ${alert} |`;
    },
  );
  return [
    '| metric | instrument, unit | meaning | attributes | why | alert on |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
