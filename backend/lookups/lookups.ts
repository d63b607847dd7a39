/** All lookups, by the name of their API. */
import type { ApiName } from '../../api/paths.ts';
import { build2Deployment } from './build-to-deployments.ts';
import { deployment2Build } from './deployment-to-builds.ts';
import type { Lookup } from './lookup.ts';
import { payload2Build } from './payload-to-builds.ts';

export const lookups: Readonly<Record<ApiName, Lookup<unknown, object>>> = {
  b2d: build2Deployment,
  d2b: deployment2Build,
  p2b: payload2Build,
};
