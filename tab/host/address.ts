/** The query parameters of the host page's address, through its navigation service. */
import * as SDK from 'azure-devops-extension-sdk';
import { answerOf } from './time-limit.ts';

interface NavigationService {
  getQueryParams(): PromiseLike<Record<string, string>>;
  setQueryParams(parameters: Record<string, string>): PromiseLike<void>;
}

const navigation = () =>
  answerOf(
    'navigation service',
    SDK.getService<NavigationService>('ms.vss-features.host-navigation-service'),
  );

/** All query parameters of the host page. */
export async function readAddress(): Promise<Record<string, string>> {
  const service = await navigation();
  return (await answerOf('query parameters', service.getQueryParams())) ?? {};
}

/** Adds or changes query parameters of the host page; an empty value removes one. */
export async function writeAddress(parameters: Readonly<Record<string, string>>): Promise<void> {
  const service = await navigation();
  await answerOf('query parameters', service.setQueryParams({ ...parameters }));
}
