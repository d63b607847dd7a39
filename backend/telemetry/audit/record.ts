/**
 * The record of an access: who asked what, and with which outcome; never what was answered. Every request has one,
 * refused ones included; probes have none.
 */

/** What was asked for, by the parts of its key. */
export type AskedKey = Readonly<Record<string, string | number>>;

export interface AuditRecord {
  readonly traceId: string;
  readonly caller: { readonly kind: string; readonly id: string };
  /** Address of whoever sent the request. */
  readonly address: string;
  readonly method: string;
  /** The route's pattern; undefined where nothing is served. */
  readonly route: string | undefined;
  /** The service: `b2d`, `gates` …; undefined where nothing is served. */
  readonly api: string | undefined;
  /** Undefined where the request was refused before it was read, or could not be read. */
  readonly asked: AskedKey | undefined;
  /** 0 if the caller left before there was an answer. */
  readonly status: number;
}

/** Longer values are cut: ids may have any length that a request may have. */
export const longestAuditValue = 1_024;

/** Name of the event in its log record. */
export const auditEventName = 'deployments.access';

/** The attributes of the log record with this record. */
export function auditAttributes(record: AuditRecord, recordId: string): Record<string, string | number> {
  const { caller, address, method, route, api, asked = {}, status } = record;
  const attributes: Record<string, string | number> = {
    // Where an answer of the collector is lost, a record is sent twice: this tells.
    'log.record.uid': recordId,
    'deployments.caller.kind': caller.kind,
    'deployments.caller.id': caller.id,
    'client.address': address,
    'http.request.method': method,
    'http.response.status_code': status,
  };
  if (route !== undefined) attributes['http.route'] = route;
  if (api !== undefined) attributes['deployments.api'] = api;
  for (const [part, value] of Object.entries(asked)) {
    attributes[`deployments.asked.${part}`] =
      typeof value === 'string' && value.length > longestAuditValue
        ? value.slice(0, longestAuditValue)
        : value;
  }
  return attributes;
}
