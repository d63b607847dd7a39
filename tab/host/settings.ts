/**
 * The settings that an administrator entered for the organization, stored by the extension data service. The bundle
 * contains no URL of a backend, so nothing is sent before the settings are known.
 */

import * as SDK from 'azure-devops-extension-sdk';
import { isSafeForTokens } from '../../net/loopback.ts';
import { withoutTrailingSlashes } from '../../net/trailing-slashes.ts';
import { strings } from '../strings.ts';
import { withTimeLimit } from './time-limit.ts';

export interface Settings {
  /** URL of the Deployments service, without a trailing slash. */
  readonly serviceUrl: string;
  /** Client id of the service's Entra application; empty if it has none. */
  readonly clientId: string;
}

interface ExtensionDataManager {
  getValue(key: string, options: { scopeType: 'Default' }): PromiseLike<unknown>;
  setValue(key: string, value: Settings, options: { scopeType: 'Default' }): PromiseLike<unknown>;
}

interface ExtensionDataService {
  getExtensionDataManager(extensionId: string, accessToken: string): PromiseLike<ExtensionDataManager>;
}

const key = 'settings';
const forTheOrganization = { scopeType: 'Default' } as const;

/** The settings of the organization; undefined if there are no valid ones. */
export async function readSettings(): Promise<Settings | undefined> {
  const data = await dataManager();
  return parseSettings(await withTimeLimit(strings.host.settings, data.getValue(key, forTheOrganization)));
}

/** Stores the settings for the whole organization. */
export async function writeSettings(settings: Settings): Promise<void> {
  const data = await dataManager();
  await withTimeLimit(strings.host.settings, data.setValue(key, settings, forTheOrganization));
}

/** Validates stored settings; undefined if the URL is not valid. */
export function parseSettings(stored: unknown): Settings | undefined {
  if (typeof stored !== 'object' || stored === null || !('serviceUrl' in stored)) return undefined;
  const serviceUrl = parseServiceUrl(stored.serviceUrl);
  const clientId = 'clientId' in stored && typeof stored.clientId === 'string' ? stored.clientId : '';
  return serviceUrl ? { serviceUrl, clientId } : undefined;
}

/**
 * The URL of a service without its trailing slash, or undefined if it is not valid. Tokens are sent to it, so it must
 * be https, except on this machine.
 */
export function parseServiceUrl(text: unknown): string | undefined {
  if (typeof text !== 'string' || !URL.canParse(text.trim())) return undefined;
  const url = new URL(text.trim());
  if (!isSafeForTokens(url) || url.search || url.hash || url.username || url.password) return undefined;
  return withoutTrailingSlashes(url.href);
}

async function dataManager(): Promise<ExtensionDataManager> {
  const service = await withTimeLimit(
    strings.host.settings,
    SDK.getService<ExtensionDataService>('ms.vss-features.extension-data-service'),
  );
  const accessToken = await withTimeLimit(strings.host.settings, SDK.getAccessToken());
  return withTimeLimit(
    strings.host.settings,
    service.getExtensionDataManager(SDK.getExtensionContext().id, accessToken),
  );
}
