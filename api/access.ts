/** What users prove themselves with to the API, beside a bearer token in `Authorization`. */

/** The delegated permission that a user's Entra token for the API must have. */
export const readScope = 'Deployments.Read';

/** The header with the user's own token for Azure DevOps, which goes with the token of the extension. */
export const azureDevOpsTokenHeader = 'x-azure-devops-token';

/**
 * Targets in the `details` of a 403 that says why users cannot be told from each other or asked about: the service
 * lacks its permission to ask Azure DevOps, the organization belongs to another tenant, or to none.
 */
export type AccessTarget = 'consent' | 'tenant' | 'organization';
