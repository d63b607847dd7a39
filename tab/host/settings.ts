/**
 * The settings of the organization, stored by the extension data service. It lets every user write them, not only
 * administrators, so a URL from here is only a suggestion (see service.ts).
 */

import * as SDK from 'azure-devops-extension-sdk';
import { strings } from '../strings.ts';
import { parseServiceUrl } from './service-url.ts';
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
