/**
 * When a metric is a reason to tell somebody. Alerts are declared beside their metrics; infra/alerts makes rules of Azure
 * Monitor of them, and docs/operations/backend.md lists them.
 */

/** A condition on an attribute. */
export type AttributeCondition =
  | { readonly attribute: string; readonly is: string | number }
  | { readonly attribute: string; readonly atLeast: number }
  | { readonly attribute: string; readonly isSet: true };

/** What is looked at, in the metric's unit. */
export type Measure =
  /** The largest value of any instance, in every minute. */
  | { readonly kind: 'largest'; readonly above: number }
  /** The sum, or the count of a histogram. */
  | { readonly kind: 'total'; readonly above: number }
  /** The part of all that the conditions hold for, from 0 to 1, where there are at least so many. */
  | { readonly kind: 'share'; readonly above: number; readonly of: number; readonly by?: string }
  /** The 99th percentile; of spans, because histograms reach Azure Monitor without their buckets. */
  | { readonly kind: 'p99'; readonly of: 'requests' | 'dependencies'; readonly above: number }
  /** How many times as fast as the objective allows its budget is spent, by intervals of 5 minutes. */
  | { readonly kind: 'burnRate'; readonly factor: number; readonly shortMinutes: number }
  /** Nothing at all, from Monday to Friday between 6 and 18 o'clock UTC. */
  | { readonly kind: 'silence' };

export interface AlertDeclaration {
  /** In kebab case; its guide is docs/operations/alerts/ID.md. */
  readonly id: string;
  /** 1 wakes somebody, 2 is for today, 3 for this week. */
  readonly severity: 1 | 2 | 3;
  readonly measure: Measure;
  readonly where?: AttributeCondition;
  readonly and?: AttributeCondition;
  /** How long it has to be so. */
  readonly minutes: number;
}

/** Availability that the service promises: the share of answers that are no fault of its own. */
export const availabilityObjective = 0.9989;

/** When an alert is raised, in words. */
export function conditionOf({ measure, where, and, minutes }: AlertDeclaration, unit: string): string {
  const conditions = [where, and].flatMap((condition) => (condition ? [conditionText(condition)] : []));
  const what = conditions.length > 0 ? `${conditions.join(' and ')} ` : '';
  const shown = /^\w+$/.test(unit) ? ` ${unit}` : '';
  const time =
    minutes % 60 === 0 ? (minutes === 60 ? 'an hour' : `${minutes / 60} hours`) : `${minutes} minutes`;
  switch (measure.kind) {
    case 'largest':
      return `over ${measure.above.toLocaleString('en')}${shown} for ${time}`;
    case 'total':
      return `${what}${measure.above === 0 ? 'at all' : `more than ${measure.above} times`} in ${time}`;
    case 'share': {
      const by = measure.by === undefined ? '' : ` of one \`${measure.by}\``;
      return `${what}for more than ${measure.above * 100} %${by} in ${time}`;
    }
    case 'p99':
      return `p99 over ${measure.above}${shown} for ${time}`;
    case 'burnRate':
      return `${what}spends the budget of ${(availabilityObjective * 100).toFixed(2)} % ${measure.factor} times too fast over ${time} and ${measure.shortMinutes} minutes`;
    case 'silence':
      return `${what}not once in ${time} of working time`;
  }
}

function conditionText(condition: AttributeCondition): string {
  if ('is' in condition) return `\`${condition.attribute}\` \`${condition.is}\``;
  return 'atLeast' in condition
    ? `\`${condition.attribute}\` from ${condition.atLeast}`
    : `\`${condition.attribute}\` set`;
}
