/** The measures of delivery over some time, by service and environment. */
import type { Measure, Measures } from '../../api/introspection/contract.ts';
import { type MeasuresReading, readMeasuresQuery } from '../../api/introspection/parameters.ts';
import type { ParameterMistake, ParameterReading } from '../../api/query.ts';
import { getMeasures } from '../../kusto/client/functions.ts';
import { numberOf, type Row, textOf, timeOf } from '../../kusto/client/rows.ts';
import { neverRecorded } from '../lookups/deployment-parts.ts';
import type { Lookup } from '../lookups/lookup.ts';
import { findingsInAnyRow, leftOutOf, projectNames, rowsOf, unknownProject } from './parts.ts';
import { servicesCall } from './services.ts';

interface MeasuresKey extends MeasuresReading {
  readonly from: string;
  readonly to: string;
}

/** With so many, some may be missing. */
const mostRows = 100_000;

const dayMs = 24 * 60 * 60_000;
const usualDays = 90;
const mostDays = 366;
/** Without an end, the time that is measured ends with this minute, so that requests of a minute share an answer. */
const minuteMs = 60_000;

export const measuresLookup: Lookup<MeasuresKey, Measures> = {
  name: 'measures',
  warmUp: callOf({
    organization: '-',
    project: '-',
    services: [],
    environments: [],
    from: neverRecorded,
    to: neverRecorded,
  }),
  read,
  cacheKey: ({ organization, project, services, environments, from, to }) =>
    `measures ${JSON.stringify([organization, project, services, environments, from, to])}`,
  call: callOf,
  mostRows,
  findingsIn: findingsInAnyRow,
  whenEmpty: servicesCall,
  projectOf: (key) => key,
  result(key, findings) {
    if (findings.kind === 'unknown') return unknownProject(key);
    const rows = findings.kind === 'found' ? findings.rows : [];
    if (rows.length >= mostRows) return { kind: 'invalid', mistakes: [tooMany] };
    const days = daysIn(rows);
    return {
      kind: 'found',
      body: {
        ...projectNames(key),
        From: key.from,
        To: key.to,
        LeftOut: rowsOf(rows, 'leftOut').map(leftOutOf),
        Measures: rowsOf(rows, 'measure').map((row) => measureOf(row, days.get(nameOf(row)) ?? [])),
      },
    };
  },
};

function read(rawQuery: string): ParameterReading<MeasuresKey> {
  const reading = readMeasuresQuery(rawQuery);
  if (!reading.ok) return reading;
  const { from: givenFrom, to: givenTo } = reading.values;
  const nextMinute = Math.ceil(Date.now() / minuteMs) * minuteMs;
  const to = givenTo ?? timeTextOf(nextMinute);
  const from = givenFrom ?? timeTextOf(Date.parse(to) - usualDays * dayMs);
  const days = (Date.parse(to) - Date.parse(from)) / dayMs;
  if (days < 0) return mistake('from', `from is later than now; it must be earlier than to.`);
  if (days > mostDays)
    return mistake('from', `from is more than ${mostDays} days before to; it must be later, or to earlier.`);
  return { ok: true, values: { ...reading.values, from, to } };
}

const tooMany: ParameterMistake = {
  target: 'service',
  message: 'There are more measures than one answer has; name services or environments, or a shorter time.',
};

function mistake(target: string, message: string): ParameterReading<never> {
  return { ok: false, mistakes: [{ target, message }] };
}

function timeTextOf(milliseconds: number): string {
  const time = new Date(Math.max(milliseconds, Date.parse(neverRecorded))).toISOString();
  return `${time.slice(0, -1)}0000Z`;
}

function callOf({ organization, project, services, environments, from, to }: MeasuresKey) {
  return getMeasures.call({
    AdoOrganizationName: organization,
    AdoProjectId: project,
    Services: services,
    Environments: environments,
    From: from,
    To: to,
  });
}

/** The rows of days by the measure that they belong to. */
function daysIn(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const days = new Map<string, Row[]>();
  for (const row of rowsOf(rows, 'day')) {
    const name = nameOf(row);
    const known = days.get(name);
    if (known) known.push(row);
    else days.set(name, [row]);
  }
  return days;
}

function nameOf(row: Row): string {
  return JSON.stringify([textOf(row, 'Name'), textOf(row, 'Service'), textOf(row, 'Environment')]);
}

function measureOf(row: Row, days: readonly Row[]): Measure {
  return {
    Name: textOf(row, 'Name'),
    Service: textOf(row, 'Service'),
    Environment: textOf(row, 'Environment'),
    Value: numberOf(row, 'Value'),
    Counted: numberOf(row, 'Counted') ?? 0,
    LeftOutCount: numberOf(row, 'LeftOutCount') ?? 0,
    Daily: days.map((day) => ({
      Day: (timeOf(day, 'Day') ?? '').slice(0, 10),
      Value: numberOf(day, 'Value') ?? 0,
      Counted: numberOf(day, 'Counted') ?? 0,
    })),
  };
}
