/** The Functions apps: one package each, for a service that scales alone. A line here makes another one. */
import type { ServiceName } from '../../backend/settings.ts';

/** By name, the services that the package of an app has the code of, and serves where `APIS` is unset. */
export const functionsApps = {
  b2d: ['b2d'],
  d2b: ['d2b'],
  p2b: ['p2b'],
  introspection: ['introspection'],
  gates: ['gates'],
  changelog: ['changelog', 'jobs'],
} as const satisfies Readonly<Record<string, readonly ServiceName[]>>;

export type FunctionsApp = keyof typeof functionsApps;

/** Modules that backend/hosts/functions-app.ts loads for some services only, which other packages leave out. */
export const modulesOfServices: Readonly<Record<string, readonly ServiceName[]>> = {
  'backend/hosts/gates.ts': ['gates'],
  'backend/hosts/jobs.ts': ['changelog', 'jobs'],
  'backend/hosts/changelog.ts': ['changelog'],
  'backend/hosts/functions-changelog.ts': ['changelog'],
  'backend/hosts/warm-up.ts': ['d2b'],
  'backend/hosts/canary.ts': ['changelog'],
};
