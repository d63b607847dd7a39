/** The settings of agentless waits: environment variables in, a checked {@link GatesConfig} out. */
import { defaultCallbackHosts } from './callback-host.ts';
import { sealKeyBytes } from './sealed-token.ts';

export interface GatesConfig {
  /** Seals the tokens of plans while they are stored. Undefined: none was given. */
  readonly key: Buffer | undefined;
  /** Hosts that may be called back; `*.` stands for any number of names before. */
  readonly callbackHosts: readonly string[];
}

const hostForm = /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;

/** Reads the settings. `refuse` is told of each wrong one, by name and problem. */
export function readGatesConfig(
  environment: Readonly<Record<string, string | undefined>>,
  refuse: (name: string, problem: string) => void,
): GatesConfig {
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const text = value('GATES_KEY');
  const key = text === undefined ? undefined : Buffer.from(text, 'base64');
  if (key && key.length !== sealKeyBytes) {
    refuse(
      'GATES_KEY',
      `must be ${sealKeyBytes} random bytes in base64, as "openssl rand -base64 ${sealKeyBytes}" gives`,
    );
  }
  const callbackHosts =
    value('GATES_CALLBACK_HOSTS')
      ?.split(',')
      .map((host) => host.trim()) ?? defaultCallbackHosts;
  if (!callbackHosts.every((host) => hostForm.test(host))) {
    refuse(
      'GATES_CALLBACK_HOSTS',
      'must be a list of hosts such as dev.azure.com or *.visualstudio.com, separated by commas',
    );
  }
  return { key, callbackHosts };
}
