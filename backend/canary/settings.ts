/** The settings of the canary: which service it asks, about which build, and as whom. */
import type { BuildKey } from '../../api/keys.ts';
import { readBuildParts } from '../../api/parameters.ts';
import { isSafeForTokens } from '../../net/loopback.ts';
import { type Form, origin, text } from '../../settings/forms.ts';
import type { SettingsReader } from '../../settings/reader.ts';
import { optionalSetting } from '../../settings/setting.ts';
import type { AuthConfig } from '../auth/config.ts';

const build: Form<BuildKey> = {
  rightForm: 'a build such as contoso/b32aa71e-8ed2-41b2-9d77-5bc261222004/123, with the id of its project',
  parse(given) {
    // A collection of Azure DevOps Server has several parts.
    const [buildId, project, ...organization] = given.split('/').reverse();
    const reading = readBuildParts({ organization: organization.reverse().join('/'), project, buildId });
    return reading.ok ? reading.values : undefined;
  },
};

export const canarySettings = {
  url: optionalSetting('CANARY_URL', origin('https://deployments.contoso.com'), {
    unset: 'no canary',
    description:
      'the address of the service as callers have it, which the canary asks every five minutes; its answers become a metric',
  }),
  build: optionalSetting('CANARY_BUILD', build, {
    unset: 'none',
    description:
      'the build that it asks about, as `organization/project id/build id`: one with a deployment, and with a payload, that stays; needed with `CANARY_URL`',
  }),
  clientId: optionalSetting('CANARY_CLIENT_ID', text, {
    unset: "the system's identity",
    description:
      'client id of a user-assigned identity for its tokens; grant it the organization of the build like any client',
  }),
} as const;

export interface CanaryConfig {
  readonly url: string;
  readonly build: BuildKey;
  /** Whose token it sends; undefined where the service asks for none. */
  readonly identity: { readonly scope: string; readonly clientId: string | undefined } | undefined;
}

/** Reads the settings; undefined without `CANARY_URL`. Mistakes stay with the reader. */
export function readCanaryConfig(reader: SettingsReader, auth: AuthConfig): CanaryConfig | undefined {
  const url = reader.read(canarySettings.url);
  const build = reader.read(canarySettings.build);
  const clientId = reader.read(canarySettings.clientId);
  if (url === undefined) return undefined;
  if (!reader.isSet(canarySettings.build))
    reader.refuse(canarySettings.build, 'is missing: CANARY_URL is set');
  if (auth.mode === 'entra' && !isSafeForTokens(new URL(url)))
    reader.refuse(canarySettings.url, 'must begin with https:// where a token is sent');
  if (!build) return undefined;
  const identity = auth.mode === 'entra' ? { scope: `api://${auth.clientId}/.default`, clientId } : undefined;
  return { url, build, identity };
}
