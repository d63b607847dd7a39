/** The settings of agentless waits: environment variables in, a checked {@link GatesConfig} out. */
import { type Form, integer, list } from '../../settings/forms.ts';
import type { SettingsReader } from '../../settings/reader.ts';
import { optionalSetting, setting } from '../../settings/setting.ts';
import { defaultCallbackHosts } from './callback-host.ts';
import type { WaitCaps } from './caps.ts';
import { sealKeyBytes } from './registration-seal.ts';

export interface GatesConfig {
  /** Seals registered waits, with the tokens of their plans, while they are stored. Undefined: none was given. */
  readonly key: Buffer | undefined;
  /** Hosts that may be called back; `*.` stands for any number of names before. */
  readonly callbackHosts: readonly string[];
  readonly caps: WaitCaps;
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
    description: `${sealKeyBytes} random bytes in base64 that seal registered waits; without a key, waits cannot be registered`,
  }),
  callbackHosts: optionalSetting('GATES_CALLBACK_HOSTS', hosts, {
    unset: `\`${defaultCallbackHosts.join(',')}\``,
    description:
      'hosts that a wait may call back, over https on port 443; hosts of this machine on any port, if they are named',
  }),
  perPlan: setting('GATES_MAX_WAITS_PER_PLAN', integer(1, 100_000), {
    default: 100,
    description: 'open waits of one run that Azure DevOps has confirmed',
  }),
  perOrganization: setting('GATES_MAX_WAITS_PER_ORGANIZATION', integer(1, 1_000_000), {
    default: 2_000,
    description: 'the same for one organization',
  }),
  unconfirmedPerAddress: setting('GATES_MAX_UNCONFIRMED_WAITS', integer(1, 100_000), {
    default: 500,
    description: 'open waits from one network address that Azure DevOps has not confirmed yet',
  }),
} as const;

/** Reads the settings. */
export function readGatesConfig(reader: SettingsReader): GatesConfig {
  return {
    key: reader.read(gatesSettings.key),
    callbackHosts: reader.read(gatesSettings.callbackHosts) ?? defaultCallbackHosts,
    caps: {
      perPlan: reader.read(gatesSettings.perPlan),
      perOrganization: reader.read(gatesSettings.perOrganization),
      unconfirmedPerAddress: reader.read(gatesSettings.unconfirmedPerAddress),
    },
  };
}
