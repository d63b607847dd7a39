/**
 * Where telemetry goes. The `OTEL_…` variables are OpenTelemetry's own; its exporters read more of them (headers,
 * certificates, timeouts), which its documentation lists.
 */
import { choice, type Form, integer, text } from '../../settings/forms.ts';
import type { SettingsReader } from '../../settings/reader.ts';
import { optionalSetting, setting } from '../../settings/setting.ts';

const collector: Form<string> = {
  rightForm: 'a URL such as http://127.0.0.1:4318, without user or password',
  parse(given) {
    if (!URL.canParse(given)) return undefined;
    const { protocol, username, password, href } = new URL(given);
    return /^https?:$/.test(protocol) && !username && !password ? href.replace(/\/$/, '') : undefined;
  },
};

const share: Form<number> = {
  rightForm: 'a number from 0 to 1',
  parse(given) {
    const number = /^\d(?:\.\d{1,9})?$/.test(given) ? Number(given) : Number.NaN;
    return number <= 1 ? number : undefined;
  },
};

const connectionString: Form<string> = {
  rightForm: 'the connection string of an Application Insights resource',
  parse: (given) => (/(?:^|;)InstrumentationKey=[0-9a-f-]{36}(?:;|$)/i.test(given) ? given : undefined),
};

export const telemetrySettings = {
  endpoint: optionalSetting('OTEL_EXPORTER_OTLP_ENDPOINT', collector, {
    unset: 'none: no telemetry is loaded',
    description:
      'the collector that takes traces, metrics and logs through OTLP (http/json), such as `http://127.0.0.1:4318`',
  }),
  applicationInsights: optionalSetting('APPLICATIONINSIGHTS_CONNECTION_STRING', connectionString, {
    unset: 'none',
    description:
      'sends traces, metrics and logs to Azure Monitor, where `OTEL_EXPORTER_OTLP_ENDPOINT` is unset; Azure sets it',
  }),
  serviceName: setting('OTEL_SERVICE_NAME', text, {
    default: 'deployments',
    description: 'name of this service in telemetry; give each app its own',
  }),
  tracesShare: setting('OTEL_TRACES_SAMPLER_ARG', share, {
    default: 1,
    description: 'share of traces that are kept, from 0 to 1; metrics and audit records are never sampled',
  }),
  metricsIntervalMs: setting('OTEL_METRIC_EXPORT_INTERVAL', integer(100, 3_600_000), {
    default: 60_000,
    description: 'milliseconds between two exports of metrics',
  }),
  logs: setting('OTEL_LOGS_EXPORTER', choice(['otlp', 'none']), {
    default: 'otlp',
    description:
      '`none` leaves log lines to standard output alone, where a host already collects them, as Functions does',
  }),
  auditEndpoint: optionalSetting('AUDIT_EXPORTER_OTLP_ENDPOINT', collector, {
    unset: 'where the other telemetry goes',
    description: 'a collector for audit records alone',
  }),
  auditBuffer: setting('AUDIT_BUFFER_RECORDS', integer(1, 1_000_000), {
    default: 20_000,
    description:
      'audit records that wait while their collector is away, about 1.2 KB each; more are dropped, counted and reported',
  }),
} as const;

/** A collector of OTLP, or Application Insights. */
export type Destination =
  | { readonly kind: 'otlp'; readonly url: string }
  /** The string holds a key: never log it. */
  | { readonly kind: 'azureMonitor'; readonly connectionString: string };

export interface TelemetryConfig {
  /** Undefined: audit records only. */
  readonly destination: Destination | undefined;
  readonly serviceName: string;
  readonly tracesShare: number;
  readonly metricsIntervalMs: number;
  /** Whether log lines are sent too. */
  readonly logs: boolean;
  readonly audit: { readonly destination: Destination; readonly bufferRecords: number };
}

/** Reads the settings; undefined where nothing is to be sent anywhere. Mistakes stay with the reader. */
export function readTelemetryConfig(reader: SettingsReader): TelemetryConfig | undefined {
  const destination = destinationOf(
    reader.read(telemetrySettings.endpoint),
    reader.read(telemetrySettings.applicationInsights),
  );
  const auditDestination = destinationOf(reader.read(telemetrySettings.auditEndpoint)) ?? destination;
  const config = {
    destination,
    serviceName: reader.read(telemetrySettings.serviceName),
    tracesShare: reader.read(telemetrySettings.tracesShare),
    metricsIntervalMs: reader.read(telemetrySettings.metricsIntervalMs),
    logs: reader.read(telemetrySettings.logs) === 'otlp',
  };
  const bufferRecords = reader.read(telemetrySettings.auditBuffer);
  return auditDestination && { ...config, audit: { destination: auditDestination, bufferRecords } };
}

function destinationOf(url: string | undefined, connectionString?: string): Destination | undefined {
  if (url !== undefined) return { kind: 'otlp', url };
  return connectionString === undefined ? undefined : { kind: 'azureMonitor', connectionString };
}
