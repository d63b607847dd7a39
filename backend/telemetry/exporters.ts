/** What carries telemetry to its destination; only the exporters of that destination are loaded. */
import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Destination } from './settings.ts';

export interface Exporters {
  readonly traces: SpanExporter;
  readonly metrics: PushMetricExporter;
  readonly logs: LogRecordExporter;
}

/** An audit record waits in a buffer of ours, so a try that fails may end soon. */
const auditTimeoutMs = 1_500;

/** Exporters of all signals. */
export async function loadExporters(destination: Destination): Promise<Exporters> {
  if (destination.kind === 'azureMonitor') {
    const monitor = await import('@azure/monitor-opentelemetry-exporter');
    const options = azureOptions(destination.connectionString);
    return {
      traces: new monitor.AzureMonitorTraceExporter(options),
      metrics: new monitor.AzureMonitorMetricExporter(options),
      logs: new monitor.AzureMonitorLogExporter(options),
    };
  }
  const { OTLPTraceExporter, OTLPMetricExporter, OTLPLogExporter } = await import('./otlp-exporters.ts');
  const { url } = destination;
  return {
    traces: new OTLPTraceExporter({ url: `${url}/v1/traces` }),
    metrics: new OTLPMetricExporter({ url: `${url}/v1/metrics` }),
    logs: new OTLPLogExporter({ url: `${url}/v1/logs` }),
  };
}

/** An exporter for audit records, which shares nothing with the others. */
export async function loadAuditExporter(destination: Destination): Promise<LogRecordExporter> {
  if (destination.kind === 'azureMonitor') {
    const { AzureMonitorLogExporter } = await import('@azure/monitor-opentelemetry-exporter');
    return new AzureMonitorLogExporter(azureOptions(destination.connectionString));
  }
  const { OTLPLogExporter } = await import('./otlp-exporters.ts');
  return new OTLPLogExporter({ url: `${destination.url}/v1/logs`, timeoutMillis: auditTimeoutMs });
}

/** Nothing is written to the disk: the file system may be read-only, and audit records have a buffer of their own. */
function azureOptions(connectionString: string) {
  return { connectionString, disableOfflineStorage: true };
}
