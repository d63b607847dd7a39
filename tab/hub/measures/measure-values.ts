/** How the values of the measures are written. */
import type { Measure, MeasureName } from '../../../api/introspection/contract.ts';
import { durationText } from '../../components/times.ts';
import { hubStrings } from '../strings.ts';

type Kind = 'rate' | 'duration' | 'share';

const kinds: Readonly<Record<MeasureName, Kind>> = {
  deploymentFrequency: 'rate',
  changeLeadTime: 'duration',
  changeFailRate: 'share',
  failedDeploymentRecoveryTime: 'duration',
  deploymentReworkRate: 'share',
};

/** All measures. Not those of the contract, because the library of its schemas would come with them. */
export const measureNames = Object.keys(kinds) as readonly MeasureName[];

/** Whether the values of a measure are deployments a day, times or shares. */
export function measureKind(name: string): Kind {
  const known = measureNames.find((one) => one === name);
  return known ? kinds[known] : 'rate';
}

/** The value of a whole period: "1.4 a day", "3 a week", "1h 30m", "12 %". */
export function valueText(name: string, value: number): string {
  const words = hubStrings.measures;
  if (measureKind(name) !== 'rate') return dailyText(name, value);
  return value >= 1 || value === 0
    ? `${words.rate(value)} ${words.aDay}`
    : `${words.rate(value * 7)} ${words.aWeek}`;
}

/** The value of a single day. */
export function dailyText(name: string, value: number): string {
  switch (measureKind(name)) {
    case 'duration':
      return durationText(value * 1000);
    case 'share':
      return hubStrings.measures.percent(value);
    case 'rate':
      return hubStrings.measures.rate(value);
  }
}

/** A value at the axis of a chart: short, because there it is a round one. */
export function axisText(name: string, value: number): string {
  return measureKind(name) === 'duration'
    ? dailyText(name, value).replace(/(?<=\S) 0\w$/, '')
    : dailyText(name, value);
}

/** The measure of all chosen services and environments together; undefined if the answer lacks it. */
export function overall(
  measures: readonly Measure[],
  name: string,
  service: string,
  environment: string,
): Measure | undefined {
  const named = measures.filter((measure) => measure.Name === name);
  return (
    named.find((measure) => measure.Service === service && measure.Environment === environment) ??
    named.find((measure) => measure.Service === '' && measure.Environment === '') ??
    (named.length === 1 ? named[0] : undefined)
  );
}

export interface BreakdownRow {
  readonly key: string;
  readonly service: string;
  readonly environment: string;
  readonly measures: ReadonlyMap<string, Measure>;
}

/** The measures by service and environment, without those of all together. */
export function breakdown(measures: readonly Measure[]): BreakdownRow[] {
  const rows = new Map<string, { row: Omit<BreakdownRow, 'measures'>; measures: Map<string, Measure> }>();
  for (const measure of measures) {
    const { Service, Environment, Name } = measure;
    if (!Service || !Environment) continue;
    const key = JSON.stringify([Service, Environment]);
    const known = rows.get(key) ?? {
      row: { key, service: Service, environment: Environment },
      measures: new Map<string, Measure>(),
    };
    known.measures.set(Name, measure);
    rows.set(key, known);
  }
  return [...rows.values()].map(({ row, measures: ofRow }) => ({ ...row, measures: ofRow }));
}
