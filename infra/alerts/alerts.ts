/** Every rule over logs: those of the metrics, and those of what is no metric of ours. */
import { conditionOf } from '../../backend/telemetry/alerts.ts';
import { type MetricDeclaration, type MetricName, metrics } from '../../backend/telemetry/metrics.ts';
import { eventTables } from '../../changelog/events/catalogue.ts';
import { alertQuery } from './query.ts';

/** A rule over logs, as arm/alerts.json takes it. */
export interface LogAlert {
  readonly id: string;
  readonly severity: number;
  readonly description: string;
  readonly query: string;
  /** ISO 8601. */
  readonly window: string;
  readonly frequency: string;
  /** The metric that it reads; undefined for those of other tables. */
  readonly metric?: MetricName;
}

/** Stands in a query for our database, which Azure Monitor reads as `adx("…").` */
export const databasePlaceholder = '{database}';

const others: readonly LogAlert[] = [
  {
    id: 'hooks-silent',
    severity: 3,
    description:
      'A project whose service hooks sent something on every working day has been silent for a day.',
    // A day more than a weekend: a project that is silent from Friday to Monday is well. Whatever a project is subscribed to
    // counts: one sends runs and stages, another builds or pushes alone.
    query: [
      `union ${eventTables.map((table) => databasePlaceholder + table).join(', ')}`,
      '| where ReceivedDate > ago(14d) and EventId !startswith "reconciled/"',
      '| summarize Days = dcount(startofday(ReceivedDate)), Last = max(ReceivedDate) by OrganizationName, ProjectId',
      '| where Days >= 8 and Last < ago(iff(dayofweek(now()) between (2d .. 5d), 1d, 4d))',
    ].join('\n'),
    window: 'PT1H',
    frequency: 'PT1H',
  },
  {
    id: 'secret-expiry',
    severity: 2,
    description: 'A secret or certificate in Key Vault expires soon, or has expired.',
    query: [
      'AzureDiagnostics',
      '| where ResourceProvider == "MICROSOFT.KEYVAULT"',
      '| where OperationName in ("SecretNearExpiryEventGridNotification", "SecretExpiredEventGridNotification", "CertificateNearExpiryEventGridNotification", "CertificateExpiredEventGridNotification", "KeyNearExpiryEventGridNotification", "KeyExpiredEventGridNotification")',
      '| summarize Last = max(TimeGenerated) by Resource, OperationName',
    ].join('\n'),
    window: 'P1D',
    frequency: 'PT1H',
  },
];

/** All rules over logs. */
export const logAlerts: readonly LogAlert[] = [
  ...Object.entries<MetricDeclaration>(metrics).flatMap(([name, metric]) =>
    metric.alerts.map((alert) => ({
      id: alert.id,
      severity: alert.severity,
      description: `${metric.description}: ${conditionOf(alert, metric.unit)}.`.replaceAll('`', ''),
      query: alertQuery(name, metric, alert),
      window: windowOf(alert.minutes),
      frequency: 'PT5M',
      metric: name as MetricName,
    })),
  ),
  ...others,
];

/** The windows that Azure Monitor has: a query looks at its own minutes within one. */
function windowOf(minutes: number): string {
  const window = [5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360].find((one) => one >= minutes);
  if (window === undefined) throw new RangeError(`no window has ${minutes} minutes`);
  return window % 60 === 0 ? `PT${window / 60}H` : `PT${window}M`;
}
