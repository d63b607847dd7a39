/** A line of the log, which pino writes as JSON, as a log record of OpenTelemetry. */
import { type LogAttributes, SeverityNumber } from '@opentelemetry/api-logs';

export interface LineRecord {
  readonly timestamp: number;
  readonly severityNumber: SeverityNumber;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: LogAttributes;
  readonly traceId?: string;
}

/** The names and numbers of pino's levels, and OpenTelemetry's numbers for them. */
const levels = [
  [60, 'FATAL', SeverityNumber.FATAL],
  [50, 'ERROR', SeverityNumber.ERROR],
  [40, 'WARN', SeverityNumber.WARN],
  [30, 'INFO', SeverityNumber.INFO],
  [20, 'DEBUG', SeverityNumber.DEBUG],
  [0, 'TRACE', SeverityNumber.TRACE],
] as const;

/** The record of a line; undefined for what is not a line of pino's. */
export function logRecordOf(line: string): LineRecord | undefined {
  const fields = parse(line);
  if (!fields) return undefined;
  const { level, time, msg, traceId, err, ...others } = fields;
  const [, severityText, severityNumber] = levels.find(([least]) => Number(level) >= least) ?? levels[5];
  return {
    timestamp: typeof time === 'number' ? time : Date.now(),
    severityNumber,
    severityText,
    body: String(msg ?? ''),
    attributes: { ...attributesOf(others), ...exceptionOf(err) },
    ...(typeof traceId === 'string' && /^[0-9a-f]{32}$/.test(traceId) && { traceId }),
  };
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function attributesOf(fields: Readonly<Record<string, unknown>>): LogAttributes {
  const attributes: LogAttributes = {};
  for (const [name, value] of Object.entries(fields))
    attributes[name] = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  return attributes;
}

/** An error in OpenTelemetry's words. */
function exceptionOf(error: unknown): LogAttributes {
  if (typeof error !== 'object' || error === null) return {};
  const { type, message, stack } = { ...error } as Readonly<Record<string, unknown>>;
  return {
    'exception.type': String(type ?? 'Error'),
    'exception.message': String(message ?? ''),
    ...(typeof stack === 'string' && { 'exception.stacktrace': stack }),
  };
}
