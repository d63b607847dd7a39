/** How much one caller may ask, and how much this process takes before it refuses more. */
import { type Form, integer } from '../../settings/forms.ts';
import type { SettingsReader } from '../../settings/reader.ts';
import { optionalSetting, setting } from '../../settings/setting.ts';

const mostRequests = 1_000_000;

/** Clients and their limits: `name=number`, separated by commas. */
const clientLimits: Form<ReadonlyMap<string, number>> = {
  rightForm: `a list such as my-client=12000,00000000-0000-4000-8000-000000000000=600, with numbers from 0 to ${mostRequests}`,
  parse(given) {
    const entries = given.split(',').map((entry) => /^\s*([\w.:/-]{1,200})\s*=\s*(\d{1,7})\s*$/.exec(entry));
    const limits = new Map<string, number>();
    for (const entry of entries) {
      const [, client = '', number = ''] = entry ?? [];
      if (client === '' || Number(number) > mostRequests) return undefined;
      limits.set(client.toLowerCase(), Number(number));
    }
    return limits;
  },
};

export const limitSettings = {
  client: setting('RATE_LIMIT', integer(0, mostRequests), {
    default: 12_000,
    description:
      'requests that one client or user may send in a minute, over all instances that share a Redis; 0 for no limit',
  }),
  clients: optionalSetting('RATE_LIMITS', clientLimits, {
    unset: 'none',
    description:
      'the same for some clients: a list of `client=number`, by client id or by the name in `CLIENTS_FILE`',
  }),
  unauthenticated: setting('RATE_LIMIT_UNAUTHENTICATED', integer(0, mostRequests), {
    default: 600,
    description:
      'requests without a valid token that one network address may send in a minute; probes and web hooks with the right secret do not count',
  }),
  deadlineMs: optionalSetting('REQUEST_DEADLINE_MS', integer(100, 60_000), {
    unset: '800; with the embedded engine 10000, because it plans each query when it is first asked',
    description:
      'how long a lookup may take, in milliseconds, the questions about its caller and its wait for a place at Kusto included; then it is answered 503',
  }),
  eventLoopDelayMs: setting('MAX_EVENT_LOOP_DELAY_MS', integer(0, 10_000), {
    default: 300,
    description:
      'mean delay of the event loop over a second, in milliseconds, above which requests are answered 503; 0 for never',
  }),
} as const;

export interface LimitsConfig {
  /** Requests in a minute; 0 for no limit. */
  readonly client: number;
  /** The same by the name of a client, in lower case. */
  readonly clients: ReadonlyMap<string, number>;
  /** Requests without a valid token in a minute, by address; 0 for no limit. */
  readonly unauthenticated: number;
  /** Of a lookup, in milliseconds. */
  readonly deadlineMs: number;
  /** 0: load is never shed. */
  readonly eventLoopDelayMs: number;
}

/** Keeps a refusal under a second, also where the process or the machine is busy when the time is over. */
const clusterDeadlineMs = 800;
/** One person waits, and the engine plans each query when it is first asked: seconds on a busy machine. */
const embeddedDeadlineMs = 10_000;

/** Reads the settings; mistakes stay with the reader. */
export function readLimitsConfig(reader: SettingsReader, isEmbedded: boolean): LimitsConfig {
  return {
    client: reader.read(limitSettings.client),
    clients: reader.read(limitSettings.clients) ?? new Map(),
    unauthenticated: reader.read(limitSettings.unauthenticated),
    deadlineMs:
      reader.read(limitSettings.deadlineMs) ?? (isEmbedded ? embeddedDeadlineMs : clusterDeadlineMs),
    eventLoopDelayMs: reader.read(limitSettings.eventLoopDelayMs),
  };
}
