/** Polls one build through the client of the service. */
import type { BuildKey } from '../../api/keys.ts';
import { createObserver, type ObserverOptions } from '../../wait/observe.ts';
import type { Context } from '../context.ts';
import { howToGetAccess } from '../login/service-access.ts';
import { clientOf, type ServiceOptions } from './service-options.ts';

/**
 * Returns a function that polls the build once.
 *
 * @param concerns see `ObserverOptions`
 * @throws CommandError
 */
export function observerOf(
  options: ServiceOptions,
  build: BuildKey,
  context: Context,
  concerns: ObserverOptions['concerns'] = () => true,
): ReturnType<typeof createObserver> {
  return createObserver(clientOf(options, context), build, { howToGetAccess, concerns });
}
