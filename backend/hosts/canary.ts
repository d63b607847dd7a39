/** The canary in a host: its identity, and what becomes of its results. */
import type { FastifyBaseLogger } from 'fastify';
import { createClient } from '../../api/client.ts';
import { runCanary } from '../canary/canary.ts';
import type { CanaryConfig } from '../canary/settings.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type HostRounds, hostRounds } from './rounds.ts';

const roundEveryMs = 5 * 60_000;

/** Failures are what it is there to see: none is hidden by a second try. */
const retry = { attempts: 1 };

/** Undefined where no canary is wanted. */
export function openHostCanary(
  config: CanaryConfig | undefined,
  telemetry: Pick<Telemetry, 'record'> | undefined,
  log: Pick<FastifyBaseLogger, 'warn'>,
): HostRounds | undefined {
  if (!config) return undefined;
  const { url, build, identity } = config;
  return hostRounds(async (signal) => {
    await runCanary(
      createClient({ baseUrl: url, retry, ...(identity && { token: tokenOf(identity) }) }),
      build,
      ({ check, problem, seconds }) => {
        telemetry?.record('deployments.canary.duration', seconds, {
          'deployments.canary.check': check,
          'deployments.canary.outcome': problem === undefined ? 'passed' : 'failed',
        });
        if (problem !== undefined) log.warn({ check, problem }, 'the canary found a wrong answer');
      },
      signal,
    );
  }, roundEveryMs);
}

/** One token for a round. */
function tokenOf({ scope, clientId }: NonNullable<CanaryConfig['identity']>): () => Promise<string> {
  let token: Promise<string> | undefined;
  return () => {
    token ??= signIn();
    return token;
  };

  async function signIn(): Promise<string> {
    const { ManagedIdentityCredential } = await import('@azure/identity');
    const credential =
      clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
    return (await credential.getToken(scope)).token;
  }
}
