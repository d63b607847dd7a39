/** All lookups by name. */
import { apiOf, type LookupName, lookupNames } from '../../api/lookups.ts';
import type { ApiName } from '../../api/paths.ts';
import { deploymentsLookup } from '../introspection/deployments.ts';
import { environmentsLookup } from '../introspection/environments.ts';
import { measuresLookup } from '../introspection/measures.ts';
import { newsLookup } from '../introspection/news.ts';
import { servicesLookup } from '../introspection/services.ts';
import { settingsLookup } from '../introspection/settings.ts';
import { commitLookup, pullRequestLookup, workItemLookup } from '../introspection/whereabouts.ts';
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
  environments: environmentsLookup,
  services: servicesLookup,
  deployments: deploymentsLookup,
  news: newsLookup,
  commit: commitLookup,
  pullRequest: pullRequestLookup,
  workItem: workItemLookup,
  measures: measuresLookup,
  settings: settingsLookup,
};

/** The lookups of some APIs. */
export function servedLookups(apis: readonly ApiName[]): readonly Lookup<unknown, object>[] {
  return lookupNames.filter((name) => apis.includes(apiOf(name))).map((name) => lookups[name]);
}
