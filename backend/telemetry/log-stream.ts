/** Log lines go to standard output, and to telemetry beside it if that takes them. */
import type { Telemetry } from './telemetry.ts';

/** The option of the logger with that stream; nothing where standard output alone is enough. */
export function logStreamOf(telemetry: Telemetry | undefined): {
  readonly stream?: { write(line: string): void };
} {
  const lines = telemetry?.logLines;
  if (!lines) return {};
  return {
    stream: {
      write(line) {
        process.stdout.write(line);
        lines.write(line);
      },
    },
  };
}
