/**
 * The criteria of `load-test.yaml` in the language of Azure Load Testing, such as `p99(response_time_ms) > 1000`: the
 * test fails where one holds.
 * https://learn.microsoft.com/azure/load-testing/how-to-define-test-criteria
 */
import { percentile } from '../query/load.ts';

/** What became of one request. */
export interface Sample {
  /** The name of its sampler. */
  readonly sampler: string;
  readonly isSuccess: boolean;
  /** The status of the answer, or why there was none. */
  readonly result: string;
  /** From when it was due to the end of its answer. */
  readonly milliseconds: number;
}

export interface LoadRun {
  readonly samples: readonly Sample[];
  readonly seconds: number;
}

export interface Criterion {
  readonly text: string;
  /** Undefined: of all samplers. */
  readonly sampler: string | undefined;
  readonly aggregate: string;
  readonly metric: string;
  readonly condition: '>' | '<';
  readonly threshold: number;
}

export interface Judged {
  readonly criterion: string;
  readonly measured: number;
  readonly isMissed: boolean;
}

/** A criterion is not one of the language. */
export class CriterionError extends Error {}

const form =
  /^(count|avg|min|max|percentage|p\d{2,4})\s*\(\s*(response_time_ms|latency|error|requests_per_sec|requests)\s*\)\s*([<>])\s*(\d+(?:\.\d+)?)$/;
const timeAggregates = /^(avg|min|max|p(50|75|90|95|96|97|98|99|999|9999))$/;
const aggregates: Readonly<Record<string, RegExp>> = {
  response_time_ms: timeAggregates,
  latency: /^(avg|min|max|p(50|90|95|99))$/,
  error: /^percentage$/,
  requests_per_sec: /^avg$/,
  requests: /^count$/,
};

/** Reads the list `failureCriteria`; an entry for one sampler is an object with its name. @throws CriterionError */
export function readCriteria(list: unknown): readonly Criterion[] {
  if (!Array.isArray(list) || list.length === 0) throw new CriterionError('failureCriteria must be a list');
  return list.map((entry: unknown) => {
    if (typeof entry === 'string') return criterionOf(entry, undefined);
    const [[sampler, text] = ['', ''], ...more] = Object.entries(Object(entry));
    if (typeof text !== 'string' || more.length > 0)
      throw new CriterionError(`${JSON.stringify(entry)} must be a text, or one sampler with a text`);
    return criterionOf(text, sampler);
  });
}

function criterionOf(written: string, sampler: string | undefined): Criterion {
  const text = sampler === undefined ? written : `${sampler}: ${written}`;
  const [, aggregate = '', metric = '', condition, threshold] = form.exec(written.trim()) ?? [];
  if (condition === undefined || !aggregates[metric]?.test(aggregate))
    throw new CriterionError(`"${text}" is not a criterion, such as p99(response_time_ms) > 1000`);
  return {
    text,
    sampler,
    aggregate,
    metric,
    condition: condition === '>' ? '>' : '<',
    threshold: Number(threshold),
  };
}

/**
 * Judges a run. A criterion for a sampler that sent nothing is missed.
 *
 * @param shareOfRate of the plan's own rate, how much was asked for: thresholds of requests a second grow with it
 */
export function judge(
  criteria: readonly Criterion[],
  { samples, seconds }: LoadRun,
  shareOfRate: number,
): readonly Judged[] {
  return criteria.map(({ text, sampler, aggregate, metric, condition, threshold }) => {
    const own = sampler === undefined ? samples : samples.filter((sample) => sample.sampler === sampler);
    const measured = measure(own, seconds, aggregate, metric);
    const limit = metric === 'requests_per_sec' ? threshold * shareOfRate : threshold;
    const holds = condition === '>' ? measured > limit : measured < limit;
    return { criterion: text, measured, isMissed: holds || own.length === 0 };
  });
}

function measure(samples: readonly Sample[], seconds: number, aggregate: string, metric: string): number {
  if (metric === 'requests') return samples.length;
  if (metric === 'requests_per_sec') return samples.length / seconds;
  if (metric === 'error')
    return (100 * samples.filter(({ isSuccess }) => !isSuccess).length) / samples.length;
  return timeOf(
    samples.map(({ milliseconds }) => milliseconds),
    aggregate,
  );
}

/** An aggregate of times: `p999` is the 99.9th percentile. */
export function timeOf(times: readonly number[], aggregate: string): number {
  if (aggregate === 'avg') return times.reduce((sum, time) => sum + time, 0) / times.length;
  const sorted = times.toSorted((one, other) => one - other);
  if (aggregate === 'min') return sorted[0] ?? Number.NaN;
  if (aggregate === 'max') return sorted.at(-1) ?? Number.NaN;
  return percentile(sorted, Number(`0.${aggregate.slice(1)}`));
}
