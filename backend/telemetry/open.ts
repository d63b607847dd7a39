/** Starts telemetry. Without a destination there is none, and nothing of OpenTelemetry is loaded. */
import type { TelemetryConfig } from './settings.ts';
import type { Telemetry } from './telemetry.ts';

/** Loads and starts telemetry; to be called before the app is built. Undefined where there is nothing to send it to. */
export async function openTelemetry(config: TelemetryConfig | undefined): Promise<Telemetry | undefined> {
  if (!config) return undefined;
  const { startOpenTelemetry } = await import('./opentelemetry.ts');
  return startOpenTelemetry(config);
}
