/** A collector of OTLP over http/json on loopback: keeps what it takes, and can be away. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** Attributes by name. */
export type Values = Readonly<Record<string, unknown>>;

export interface TakenSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** OpenTelemetry's number: 2 is a server, 3 a client. */
  readonly kind: number;
  readonly isError: boolean;
  readonly attributes: Values;
}

export interface TakenLog {
  readonly scope: string;
  readonly eventName: string | undefined;
  readonly body: unknown;
  readonly severity: string;
  readonly traceId: string | undefined;
  readonly attributes: Values;
}

export interface TakenPoint {
  readonly metric: string;
  readonly unit: string;
  readonly attributes: Values;
  /** The value, or the count of a histogram. */
  readonly value: number;
}

export interface Collector {
  readonly url: string;
  readonly spans: readonly TakenSpan[];
  readonly logs: readonly TakenLog[];
  /** The last export of each metric. */
  points(metric: string): readonly TakenPoint[];
  /** Requests that it refused while it was away. */
  readonly refused: number;
  /** Answers 503 until `back()`. */
  leave(): void;
  back(): void;
  close(): Promise<void>;
}

/** Starts a collector. */
export async function startCollector(): Promise<Collector> {
  const spans: TakenSpan[] = [];
  const logs: TakenLog[] = [];
  const points = new Map<string, TakenPoint[]>();
  let isAway = false;
  let refused = 0;
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as Json;
    if (isAway) {
      refused++;
      response.writeHead(503).end();
      return;
    }
    if (request.url === '/v1/traces') spans.push(...spansIn(body));
    if (request.url === '/v1/logs') logs.push(...logsIn(body));
    if (request.url === '/v1/metrics')
      for (const [metric, taken] of pointsIn(body)) points.set(metric, taken);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    logs,
    points: (metric) => points.get(metric) ?? [],
    get refused() {
      return refused;
    },
    leave: () => {
      isAway = true;
    },
    back: () => {
      isAway = false;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

/** JSON of OTLP, whose members are absent where they are empty. */
interface Json {
  readonly [name: string]: Json | undefined;
}

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const text = (value: Json | undefined): string => String(value ?? '');

function* scopesIn(body: Json, resources: string, scopes: string): Generator<Json> {
  for (const resource of list(body[resources])) yield* list(resource[scopes]);
}

function* spansIn(body: Json): Generator<TakenSpan> {
  for (const scope of scopesIn(body, 'resourceSpans', 'scopeSpans'))
    for (const span of list(scope.spans))
      yield {
        name: text(span.name),
        traceId: text(span.traceId),
        spanId: text(span.spanId),
        parentSpanId: text(span.parentSpanId) || undefined,
        kind: Number(span.kind),
        isError: Number(span.status?.code ?? 0) === 2,
        attributes: valuesOf(span.attributes),
      };
}

function* logsIn(body: Json): Generator<TakenLog> {
  for (const scope of scopesIn(body, 'resourceLogs', 'scopeLogs'))
    for (const record of list(scope.logRecords))
      yield {
        scope: text(scope.scope?.name),
        eventName: text(record.eventName) || undefined,
        body: textOrNumber(record.body),
        severity: text(record.severityText),
        traceId: text(record.traceId) || undefined,
        attributes: valuesOf(record.attributes),
      };
}

function* pointsIn(body: Json): Generator<[string, TakenPoint[]]> {
  for (const scope of scopesIn(body, 'resourceMetrics', 'scopeMetrics'))
    for (const metric of list(scope.metrics)) {
      const data = metric.sum ?? metric.gauge ?? metric.histogram;
      const taken = list(data?.dataPoints).map((point) => ({
        metric: text(metric.name),
        unit: text(metric.unit),
        attributes: valuesOf(point.attributes),
        value: Number(point.asDouble ?? point.asInt ?? point.count),
      }));
      yield [text(metric.name), taken];
    }
}

function valuesOf(attributes: Json | undefined): Values {
  return Object.fromEntries(list(attributes).map(({ key, value }) => [text(key), textOrNumber(value)]));
}

function textOrNumber(value: Json | undefined): unknown {
  if (value === undefined) return undefined;
  if ('intValue' in value) return Number(value.intValue);
  const [only] = Object.values(value);
  return only;
}
