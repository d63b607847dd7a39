/** The paths of introspection, in version 1. */
export const introspectionPaths = {
  environments: '/introspection/v1/environments',
  services: '/introspection/v1/services',
  deployments: '/introspection/v1/deployments',
  news: '/introspection/v1/news',
  commit: '/introspection/v1/commits/:id',
  pullRequest: '/introspection/v1/pull-requests/:id',
  workItem: '/introspection/v1/work-items/:id',
  measures: '/introspection/v1/measures',
  settings: '/introspection/v1/settings',
  settingsPreview: '/introspection/v1/settings/preview',
} as const;

/** What can be looked up: everything but what a preview of settings answers. */
export const introspectionLookupNames = [
  'environments',
  'services',
  'deployments',
  'news',
  'commit',
  'pullRequest',
  'workItem',
  'measures',
  'settings',
] as const satisfies readonly (keyof typeof introspectionPaths)[];
export type IntrospectionLookupName = (typeof introspectionLookupNames)[number];
