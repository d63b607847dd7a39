/** The settings of agentless waits: environment variables in, a checked {@link GatesConfig} out. */
import { type Form, list } from '../../settings/forms.ts';
import type { SettingsReader } from '../../settings/reader.ts';
import { optionalSetting } from '../../settings/setting.ts';
import { defaultCallbackHosts } from './callback-host.ts';
import { sealKeyBytes } from './sealed-token.ts';

export interface GatesConfig {
  /** Seals the tokens of plans while they are stored. Undefined: none was given. */
  readonly key: Buffer | undefined;
  /** Hosts that may be called back; `*.` stands for any number of names before. */
  readonly callbackHosts: readonly string[];
}

const key: Form<Buffer> = {
  rightForm: `${sealKeyBytes} random bytes in base64, as "openssl rand -base64 ${sealKeyBytes}" gives`,
  parse(text) {
    const bytes = Buffer.from(text, 'base64');
    return bytes.length === sealKeyBytes ? bytes : undefined;
  },
};
const hosts = list('a list of hosts such as dev.azure.com or *.visualstudio.com', (host) =>
  /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(host),
);

export const gatesSettings = {
  key: optionalSetting('GATES_KEY', key, {
    unset: 'none; made in `DATA_DIR` with the embedded engine',
    description: `${sealKeyBytes} random bytes in base64 that seal the tokens of waits; without a key, waits cannot be registered`,
  }),
  callbackHosts: optionalSetting('GATES_CALLBACK_HOSTS', hosts, {
    unset: `\`${defaultCallbackHosts.join(',')}\``,
    description: 'hosts that a wait may call back',
  }),
} as const;

/** Reads the settings. */
export function readGatesConfig(reader: SettingsReader): GatesConfig {
  return {
    key: reader.read(gatesSettings.key),
    callbackHosts: reader.read(gatesSettings.callbackHosts) ?? defaultCallbackHosts,
  };
}
