/**
 * The usual forms of deployment ids and payloads, by orchestrator, for people to read. Nothing is refused for having
 * another form: each API accepts what another one returns, and orchestrators name things as they like.
 */
import type { DeploymentSource } from './contract.ts';

/** Each completes the sentence "it usually is …". */
export const deploymentIdForms: Readonly<Record<DeploymentSource, string>> = {
  expressv2:
    '{ServiceGroup}/{RolloutId}, {ServiceTreeId}/{ServiceGroup}/{RolloutId} or {RolloutId}, with GUIDs as ids',
  azdeployer: 'a number',
  // Until 2024-02-20 Pilotfish deployments were recorded under AzDeployer's numbers, and B2D returns those.
  pilotfish:
    'like 20240213-171812-{40 hexadecimal digits}_{number}, or a number for a deployment made through AzDeployer',
  azurepipelines:
    '{Organization}/{ProjectId}/{RunId}/{Stage}, or {Organization}/{ProjectId}/release-{ReleaseId}/{Stage} for a classic release',
};

/** Each completes the sentence "it usually is …". */
export const payloadForms: Readonly<Record<DeploymentSource, string>> = {
  expressv2: '{ServiceTreeId}/{ServiceGroup}={BuildNumber}',
  azdeployer: '{DeploymentTemplate};{BuildBranch};{BuildVersion}',
  pilotfish: '{ServiceComponentName}={BuildLabel} or {BuildLabel}',
  azurepipelines: '{Pipeline}={RunName}, or {ReleasePipeline}={ReleaseName} for a classic release',
};
