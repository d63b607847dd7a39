/**
 * Which build the page shows. The page data service returns a snapshot (asynchronously, whatever its types say), and
 * newer hosts also call back when the build changes. Both may report the same build.
 */
import * as SDK from 'azure-devops-extension-sdk';
import { strings } from '../strings.ts';
import { withTimeLimit } from './time-limit.ts';

export interface CurrentBuild {
  readonly id: number;
  readonly number: string;
}

interface BuildPageDataService {
  getBuildPageData(): PromiseLike<{ build?: unknown } | undefined>;
}

type SubscribeToBuild = (listener: (build: unknown) => void) => void;

/** Calls back with the current build, and again when another one is opened; undefined if none is open. */
export async function watchBuild(onBuild: (build: CurrentBuild | undefined) => void): Promise<void> {
  let current: CurrentBuild | undefined;
  const show = (build: CurrentBuild | undefined) => {
    if (build && build.id === current?.id) return;
    current = build;
    onBuild(build);
  };
  const subscribe: unknown = SDK.getConfiguration().onBuildChanged;
  if (isSubscription(subscribe)) {
    subscribe((build) => {
      const changed = readBuild(build);
      if (changed) show(changed);
    });
  }
  const service = await withTimeLimit(
    strings.host.build,
    SDK.getService<BuildPageDataService>('ms.vss-build-web.build-page-data-service'),
  );
  const data = await withTimeLimit(strings.host.build, service.getBuildPageData());
  if (!current) show(readBuild(data?.build));
}

function isSubscription(value: unknown): value is SubscribeToBuild {
  return typeof value === 'function';
}

function readBuild(build: unknown): CurrentBuild | undefined {
  if (typeof build !== 'object' || build === null || !('id' in build)) return undefined;
  const id = Number(build.id);
  if (!Number.isSafeInteger(id) || id < 1) return undefined;
  const number = 'buildNumber' in build && typeof build.buildNumber === 'string' ? build.buildNumber : '';
  return { id, number };
}
