/**
 * The three lookups in three forms: as HTTP requests, as the KQL of the backend, and as hand-written SQL for the same
 * database. A number selects the build, deployment or payload.
 */
import { build2Deployment } from '../../backend/lookups/build-to-deployments.ts';
import { deployment2Build } from '../../backend/lookups/deployment-to-builds.ts';
import { payload2Build } from '../../backend/lookups/payload-to-builds.ts';
import { buildAt, deploymentOf, organization, payloadOf, type Sizes } from './data.ts';
import { b2dSql, d2bSql, p2bSql } from './hand-written.ts';

export interface LookupQuery {
  readonly name: 'B2D' | 'D2B' | 'P2B';
  /** Path and query string of the request. */
  path(n: number, sizes: Sizes): string;
  readonly kql: string;
  kqlParameters(n: number, sizes: Sizes): Record<string, string>;
  /** Returns the same rows from the tables of the engine, with the columns in the same order. */
  readonly sql: string;
  /** Values of `?1`, `?2`, … in order. */
  sqlValues(n: number, sizes: Sizes): string[];
  /** The same keys in other forms, or keys that find nothing: both are to say the same of these as well. */
  otherForms?(n: number, sizes: Sizes): { readonly kql: Record<string, string>; readonly sql: string[] }[];
}

/** Spreads consecutive numbers over a range, so that consecutive queries differ. */
const spread = (n: number, range: number): number => (n * 2_654_435_761) % range;

const buildFor = (n: number, sizes: Sizes) => buildAt(spread(n, sizes.builds));
const deploymentFor = (n: number, sizes: Sizes) => deploymentOf(spread(n, sizes.versions), n % 2);
const payloadFor = (n: number, sizes: Sizes) => payloadOf(spread(n, sizes.versions));

const queryString = (values: Readonly<Record<string, string | number>>): string =>
  new URLSearchParams(
    Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();

export const lookupQueries: readonly LookupQuery[] = [
  {
    name: 'B2D',
    path(n, sizes) {
      const { projectId, buildId } = buildFor(n, sizes);
      return `/b2d/v1/build2deployments?${queryString({ adoOrganizationName: organization, adoProjectId: projectId, adoBuildId: buildId })}`;
    },
    kql: build2Deployment.warmUp.text,
    kqlParameters(n, sizes) {
      const { projectId, buildId } = buildFor(n, sizes);
      return { AdoOrganizationName: organization, AdoProjectId: projectId, AdoBuildId: String(buildId) };
    },
    sql: b2dSql,
    sqlValues(n, sizes) {
      const { projectId, buildId } = buildFor(n, sizes);
      return [organization, projectId, String(buildId)];
    },
  },
  {
    name: 'D2B',
    path(n, sizes) {
      const { source, id } = deploymentFor(n, sizes);
      return `/d2b/v1/deployment2build?${queryString({ deploymentSource: source, deploymentId: id })}`;
    },
    kql: deployment2Build.warmUp.text,
    kqlParameters(n, sizes) {
      const { source, id } = deploymentFor(n, sizes);
      return { DeploymentSource: source, DeploymentId: id };
    },
    sql: d2bSql,
    sqlValues(n, sizes) {
      const { source, id } = deploymentFor(n, sizes);
      return [source, id];
    },
    otherForms(n, sizes) {
      const { source, id } = deploymentFor(n, sizes);
      const rollout = id.slice(id.lastIndexOf('/') + 1);
      return [id.toUpperCase(), rollout, `Other/${rollout}`, `${rollout}/${id}`, 'none'].map((form) => ({
        kql: { DeploymentSource: source, DeploymentId: form },
        sql: [source, form],
      }));
    },
  },
  {
    name: 'P2B',
    path(n, sizes) {
      const { source, payload } = payloadFor(n, sizes);
      return `/p2b/v1/builds?${queryString({ deploymentSource: source, payload })}`;
    },
    kql: payload2Build.warmUp.text,
    kqlParameters(n, sizes) {
      const { source, payload } = payloadFor(n, sizes);
      return { DeploymentSourceSystem: source, PayloadId: payload };
    },
    sql: p2bSql,
    sqlValues(n, sizes) {
      const { source, payload } = payloadFor(n, sizes);
      return [source, payload];
    },
  },
];
