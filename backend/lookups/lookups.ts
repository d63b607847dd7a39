/** All lookups by name. */
import type { LookupName } from '../../api/paths.ts';
import { build2Deployment } from './build-to-deployments.ts';
import { deployment2Build } from './deployment-to-builds.ts';
import { entitiesOfDeployment } from './entities.ts';
import type { Lookup } from './lookup.ts';
import { payload2Build } from './payload-to-builds.ts';

export const lookups: Readonly<Record<LookupName, Lookup<unknown, object>>> = {
  b2d: build2Deployment,
  d2b: deployment2Build,
  p2b: payload2Build,
  entities: entitiesOfDeployment,
};
