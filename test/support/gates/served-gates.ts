/** A backend's gates alone, served over http; several of them stand for several instances. */
import fastify from 'fastify';
import { giveCallers } from '../../../backend/auth/authenticate.ts';
import { anyoneHere } from '../../../backend/auth/caller.ts';
import type { WaitCaps } from '../../../backend/gates/caps.ts';
import { serveGates } from '../../../backend/gates/gates.ts';
import { openToAnyoneHere } from '../../../backend/rights/rights.ts';
import type { KustoClient } from '../../../kusto/client/client.ts';

export interface Gates {
  readonly url: string;
  send(request: {
    method?: string;
    path: string;
    headers?: Record<string, string>;
    body?: unknown;
  }): Promise<Sent>;
  watch(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface Sent {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of an answer
  readonly json: any;
}

export interface ServedGatesOptions {
  readonly kusto: KustoClient;
  /** Without it, waits cannot be registered. */
  readonly key?: Buffer;
  readonly callbackHosts?: readonly string[];
  readonly caps?: Partial<WaitCaps>;
  readonly inBackground?: boolean;
}

export async function startGates({ kusto, key, ...options }: ServedGatesOptions): Promise<Gates> {
  const app = fastify({ routerOptions: { querystringParser: (raw) => ({ raw }) } });
  giveCallers(app, anyoneHere);
  const { watch } = serveGates(app, {
    kusto,
    rights: openToAnyoneHere,
    ...(key && {
      waits: {
        key,
        callbackHosts: options.callbackHosts ?? ['127.0.0.1'],
        caps: { perPlan: 100, perOrganization: 1_000, unconfirmedPerAddress: 1_000, ...options.caps },
        inBackground: options.inBackground ?? true,
        tickMs: 50,
        leaseMs: 1_500,
      },
    }),
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    async send({ method = 'POST', path, headers = { 'content-type': 'application/json' }, body }) {
      const content = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(url + path, {
        method,
        headers,
        ...(body !== undefined && { body: content }),
      });
      const text = await response.text();
      return { status: response.status, text, json: JSON.parse(text) };
    },
    watch: async (signal) => watch?.(signal),
    close: () => app.close(),
  };
}
