/** The configuration of telemetry that settings give. */
import { readTelemetryConfig, type TelemetryConfig } from '../../../backend/telemetry/settings.ts';
import { SettingsReader } from '../../../settings/reader.ts';

/** @throws ConfigError */
export function telemetryConfigOf(settings: Readonly<Record<string, string>>): TelemetryConfig | undefined {
  const reader = new SettingsReader(settings);
  const config = readTelemetryConfig(reader);
  reader.throwIfWrong();
  return config;
}
