/** The query parameters of the host page, through its navigation service. */
import * as SDK from 'azure-devops-extension-sdk';
import { strings } from '../strings.ts';
import { withTimeLimit } from './time-limit.ts';

interface NavigationService {
  getQueryParams(): PromiseLike<Record<string, string>>;
  setQueryParams(parameters: Record<string, string>): PromiseLike<void>;
}

const navigation = () =>
  withTimeLimit(
    strings.host.address,
    SDK.getService<NavigationService>('ms.vss-features.host-navigation-service'),
  );

/** All query parameters of the host page. */
export async function readAddress(): Promise<Record<string, string>> {
  const service = await navigation();
  return (await withTimeLimit(strings.host.address, service.getQueryParams())) ?? {};
}

/** Adds or changes query parameters of the host page; an empty value removes one. */
export async function writeAddress(parameters: Readonly<Record<string, string>>): Promise<void> {
  const service = await navigation();
  await withTimeLimit(strings.host.address, service.setQueryParams({ ...parameters }));
}
