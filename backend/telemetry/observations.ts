/** Metrics that are read from parts of the backend whenever metrics are exported. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import type { ApiName } from '../../api/paths.ts';
import type { ChangelogMetrics } from '../../changelog/metrics.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { jobLags } from '../../kusto/jobs/progress.ts';
import type { AnswerCaches } from '../cache/answer-caches.ts';
import type { AttributesOf, ObservedMetric } from './metrics.ts';
import type { MetricObservation, Telemetry } from './telemetry.ts';

/** What every process tells; its log takes what goes wrong with telemetry. */
export function observeProcess(
  { log }: Pick<FastifyInstance, 'log'>,
  telemetry: Telemetry,
  caches: AnswerCaches,
  apis: readonly ApiName[],
): void {
  telemetry.reportTo(log);
  observeCaches(telemetry, caches, apis);
  observeEventLoop(telemetry);
}

/** Where the answers of the served lookups come from. */
function observeCaches(telemetry: Telemetry, caches: AnswerCaches, apis: readonly ApiName[]): void {
  telemetry.observe('deployments.cache.lookups', () =>
    apis.flatMap((api) =>
      Object.entries(caches[api].counts).map(([outcome, value]) => ({
        value: Number(value),
        attributes: { 'deployments.api': api, 'deployments.cache.outcome': outcome },
      })),
    ),
  );
}

/** How long the event loop makes everybody wait. */
function observeEventLoop(telemetry: Telemetry): void {
  const delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  telemetry.observe('nodejs.eventloop.delay.p99', () => {
    const value = delay.percentile(99) / 1e9;
    delay.reset();
    return [{ value, attributes: {} }];
  });
}

/** How far the changelog is behind. */
export function observeChangelog(telemetry: Telemetry, metrics: () => ChangelogMetrics): void {
  const one = <Name extends ObservedMetric>(value: number | undefined): readonly MetricObservation<Name>[] =>
    value === undefined ? [] : [{ value, attributes: {} }];
  telemetry.observe('deployments.changelog.message.age', () => one(metrics().oldestMessageAgeSeconds));
  telemetry.observe('deployments.changelog.message.poison', () => one(metrics().poisonMessages));
  telemetry.observe('deployments.changelog.row.waiting', () => one(metrics().waitingRows));
  telemetry.observe('deployments.changelog.events', () => {
    const { understood, setAside } = metrics();
    return [...eventsOf(understood, 'understood'), ...eventsOf(setAside, 'set_aside')];
  });
}

/** How far the mapping jobs are behind: two small queries for each export. */
export function observeJobs(telemetry: Telemetry, kusto: KustoClient): void {
  telemetry.observe('deployments.job.lag', async () =>
    [...(await jobLags(kusto))].map(([job, seconds]) => ({
      value: seconds,
      attributes: { 'deployments.job.name': job },
    })),
  );
}

/** Event types come from outside: those that are not understood are counted together. */
function eventsOf(counts: Readonly<Record<string, number>>, outcome: 'understood' | 'set_aside') {
  const attributesOf = (type?: string): AttributesOf<'deployments.changelog.events'> => ({
    'deployments.event.type': type,
    'deployments.event.outcome': outcome,
  });
  if (outcome === 'understood')
    return Object.entries(counts).map(([type, value]) => ({ value, attributes: attributesOf(type) }));
  const value = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return [{ value, attributes: attributesOf() }];
}
