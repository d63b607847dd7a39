/**
 * What an administrator entered for the organization, kept by the extension data service. The bundle holds
 * no address of any backend, so nothing is sent anywhere before these settings are known.
 */
import * as SDK from 'azure-devops-extension-sdk';
import { isSafeForTokens } from '../../net/loopback.ts';
import { strings } from '../strings.ts';
import { answerOf } from './time-limit.ts';

export interface Settings {
  /** Where the Deployments service answers, without a trailing slash. */
  readonly serviceUrl: string;
  /** The service's Entra application; empty when it has none. */
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

/** The organization's settings, or undefined when nobody has entered usable ones. */
export async function readSettings(): Promise<Settings | undefined> {
  const data = await dataManager();
  return parseSettings(await answerOf(strings.host.settings, data.getValue(key, forTheOrganization)));
}

/** Stores the settings for everybody in the organization. */
export async function writeSettings(settings: Settings): Promise<void> {
  const data = await dataManager();
  await answerOf(strings.host.settings, data.setValue(key, settings, forTheOrganization));
}

/** Reads stored settings; anything that is not a usable address of a service gives undefined. */
export function parseSettings(stored: unknown): Settings | undefined {
  if (typeof stored !== 'object' || stored === null || !('serviceUrl' in stored)) return undefined;
  const serviceUrl = parseServiceUrl(stored.serviceUrl);
  const clientId = 'clientId' in stored && typeof stored.clientId === 'string' ? stored.clientId : '';
  return serviceUrl ? { serviceUrl, clientId } : undefined;
}

/**
 * The address of a service without its trailing slash, or undefined when it is not one. Tokens go there, so
 * it has to be https; plain http is for a service on this very machine.
 */
export function parseServiceUrl(text: unknown): string | undefined {
  if (typeof text !== 'string' || !URL.canParse(text.trim())) return undefined;
  const url = new URL(text.trim());
  if (!isSafeForTokens(url) || url.search || url.hash || url.username || url.password) return undefined;
  return url.href.replace(/\/+$/, '');
}

async function dataManager(): Promise<ExtensionDataManager> {
  const service = await answerOf(
    strings.host.settings,
    SDK.getService<ExtensionDataService>('ms.vss-features.extension-data-service'),
  );
  const accessToken = await answerOf(strings.host.settings, SDK.getAccessToken());
  return answerOf(
    strings.host.settings,
    service.getExtensionDataManager(SDK.getExtensionContext().id, accessToken),
  );
}
