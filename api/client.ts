/**
 * The typed client of the REST API, for the tab, the task and the CLI. It needs nothing but `fetch`. A lookup
 * returns one of three answers (found, none, unknown), or throws a {@link ClientError} after all tries.
 */

import {
  readBuild2Deployment,
  readDeployment2Build,
  readDeploymentEntities,
  readPayload2Build,
} from './bodies.ts';
import type { Build2Deployment, Deployment2Build, DeploymentEntities, Payload2Build } from './contract.ts';
import type { BuildKey, DeploymentKey, EntitiesQuery, PayloadKey } from './keys.ts';
import { apiPaths } from './paths.ts';
import { ApiRequests, type ClientOptions, type LookupAnswer, type LookupCallOptions } from './requests.ts';

export type { ClientOptions, Found, LookupAnswer, LookupCallOptions, None, Unknown } from './requests.ts';
export { defaultRetryPolicy } from './requests.ts';

export interface DeploymentsClient {
  /** Gets the deployments of a build. @throws ClientError */
  getDeployments(
    build: BuildKey,
    options?: LookupCallOptions<Build2Deployment>,
  ): Promise<LookupAnswer<Build2Deployment>>;
  /** Gets the builds of a deployment. @throws ClientError */
  getBuilds(
    deployment: DeploymentKey,
    options?: LookupCallOptions<Deployment2Build>,
  ): Promise<LookupAnswer<Deployment2Build>>;
  /** Gets the builds of a payload. @throws ClientError */
  getBuildsOfPayload(
    payload: PayloadKey,
    options?: LookupCallOptions<Payload2Build>,
  ): Promise<LookupAnswer<Payload2Build>>;
  /**
   * Gets a page of the entities of a deployment, and the state of the whole. For the next page, ask again with the
   * `ContinuationToken` of the body, until there is none. @throws ClientError
   */
  getEntities(
    query: EntitiesQuery,
    options?: LookupCallOptions<DeploymentEntities>,
  ): Promise<LookupAnswer<DeploymentEntities>>;
}

/** Creates a client. Nothing is sent before the first lookup. @throws TypeError if `baseUrl` is not an http(s) URL */
export function createClient(options: ClientOptions): DeploymentsClient {
  const requests = new ApiRequests(options);
  return {
    getDeployments: ({ organization, project, buildId }, lookupOptions = {}) =>
      requests.ask(
        apiPaths.b2d[0],
        { adoOrganizationName: organization, adoProjectId: project, adoBuildId: String(buildId) },
        readBuild2Deployment,
        lookupOptions,
      ),
    getBuilds: ({ source, id }, lookupOptions = {}) =>
      requests.ask(
        apiPaths.d2b[0],
        { deploymentSource: source, deploymentId: id },
        readDeployment2Build,
        lookupOptions,
      ),
    getBuildsOfPayload: ({ source, payload }, lookupOptions = {}) =>
      requests.ask(apiPaths.p2b[0], { deploymentSource: source, payload }, readPayload2Build, lookupOptions),
    getEntities: ({ source, id, states = [], type, top, continuationToken }, lookupOptions = {}) =>
      requests.ask(
        apiPaths.entities[0],
        {
          deploymentSource: source,
          deploymentId: id,
          ...(states.length > 0 && { state: states.join(',') }),
          ...(type !== undefined && { type }),
          ...(top !== undefined && { top: String(top) }),
          ...(continuationToken !== undefined && { continuationToken }),
        },
        readDeploymentEntities,
        lookupOptions,
      ),
  };
}
