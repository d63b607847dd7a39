/**
 * The KQL of alerts on metrics. A query gives rows only while there is something to tell, so every rule fires on the first
 * row. Metrics are in AppMetrics: a row for each export of an instance, with the count of a histogram in ItemCount and
 * the value of a gauge, or the increase of a counter, in Sum.
 */
import {
  type AlertDeclaration,
  type AttributeCondition,
  availabilityObjective,
} from '../../backend/telemetry/alerts.ts';
import type { MetricDeclaration } from '../../backend/telemetry/metrics.ts';

/** Spans, which the exporter of Azure Monitor puts into these tables. */
const spanTables = { requests: 'AppRequests', dependencies: 'AppDependencies' } as const;

/** The query of an alert on a metric. */
export function alertQuery(name: string, { kind }: MetricDeclaration, alert: AlertDeclaration): string {
  const { measure, where, and, minutes } = alert;
  const condition = [where, and].flatMap((one) => (one ? [conditionKql(one)] : [])).join(' and ');
  const amount = kind === 'histogram' ? 'ItemCount' : 'Sum';
  const rows = ['AppMetrics', `| where TimeGenerated > ago(${minutes}m) and Name == ${quoted(name)}`];
  const chosen = condition === '' ? rows : [...rows, `| where ${condition}`];
  switch (measure.kind) {
    case 'largest':
      return lines(
        chosen,
        '| summarize Value = max(Sum) by bin(TimeGenerated, 1m)',
        '| summarize Value = min(Value)',
        `| where Value > ${measure.above}`,
      );
    case 'total':
      return lines(chosen, `| summarize Value = sum(${amount})`, `| where Value > ${measure.above}`);
    case 'share':
      return lines(
        rows,
        `| summarize All = sum(${amount}), Chosen = sumif(${amount}, ${condition})${
          measure.by === undefined ? '' : ` by Of = tostring(Properties[${quoted(measure.by)}])`
        }`,
        `| where All >= ${measure.of} and 1.0 * Chosen / All > ${measure.above}`,
      );
    case 'p99':
      return lines(
        [spanTables[measure.of], `| where TimeGenerated > ago(${minutes}m)`],
        '| summarize Value = percentile(DurationMs, 99), Spans = count()',
        `| where Spans >= 100 and Value > ${measure.above * 1_000}`,
      );
    case 'burnRate':
      return lines(
        rows,
        `| summarize All = sum(ItemCount), Failed = sumif(ItemCount, ${condition}) by Interval = bin(TimeGenerated, 5m)`,
        '| extend Unavailable = 1.0 * Failed / All',
        `| summarize Requests = sum(All), Long = avg(Unavailable), Short = avgif(Unavailable, Interval >= bin(ago(${measure.shortMinutes}m), 5m))`,
        `| where Requests >= 100 and Long > ${budgetOf(measure.factor)} and Short > ${budgetOf(measure.factor)}`,
      );
    case 'silence':
      return lines(
        chosen,
        `| summarize Value = sum(${amount})`,
        '| where coalesce(todouble(Value), 0.0) == 0 and dayofweek(now()) between (1d .. 5d) and hourofday(now()) between (6 .. 18)',
      );
  }
}

/** The share of failures at which the budget is spent so many times too fast. */
function budgetOf(factor: number): string {
  return ((1 - availabilityObjective) * factor).toFixed(6);
}

function conditionKql(condition: AttributeCondition): string {
  const value = `Properties[${quoted(condition.attribute)}]`;
  if ('is' in condition) return `tostring(${value}) == ${quoted(`${condition.is}`)}`;
  return 'atLeast' in condition
    ? `toint(${value}) >= ${condition.atLeast}`
    : `isnotempty(tostring(${value}))`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function lines(first: readonly string[], ...rest: readonly string[]): string {
  return [...first, ...rest].join('\n');
}
