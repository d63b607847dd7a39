/**
 * Everything that can be looked up: where, and with which parameters. Clients take the paths of what they ask: see
 * `paths.ts`.
 */
import { introspectionParameters, type LookupParameter } from './introspection/parameters.ts';
import {
  type IntrospectionLookupName,
  introspectionLookupNames,
  introspectionPaths,
} from './introspection/paths.ts';
import { apiParameters } from './parameters.ts';
import { type ApiName, apiPaths, type BuildLookupName, buildLookupNames } from './paths.ts';

export type LookupName = BuildLookupName | IntrospectionLookupName;
export const lookupNames: readonly LookupName[] = [...buildLookupNames, ...introspectionLookupNames];

/** Every path of a lookup, with `:id` where an id stands; the first is the canonical one. */
export const lookupPaths: Readonly<Record<LookupName, readonly [canonical: string, ...others: string[]]>> = {
  ...apiPaths,
  environments: [introspectionPaths.environments],
  services: [introspectionPaths.services],
  deployments: [introspectionPaths.deployments],
  news: [introspectionPaths.news],
  commit: [introspectionPaths.commit],
  pullRequest: [introspectionPaths.pullRequest],
  workItem: [introspectionPaths.workItem],
  measures: [introspectionPaths.measures],
  settings: [introspectionPaths.settings],
};

/** The parameters of each lookup, in the order of the documentation. */
export const lookupParameters: Readonly<Record<LookupName, readonly LookupParameter[]>> = {
  ...apiParameters,
  ...introspectionParameters,
};

/** The API that a lookup is a part of. */
export function apiOf(lookup: LookupName): ApiName {
  switch (lookup) {
    case 'b2d':
    case 'd2b':
    case 'p2b':
      return lookup;
    case 'entities':
      return 'b2d';
    default:
      return 'introspection';
  }
}
