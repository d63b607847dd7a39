/**
 * The forms of deployment ids and payloads, by orchestrator. They are a little wider than the specification,
 * because each API has to accept what another one returns. Quotes, backslashes and angle brackets occur in none
 * of them and are always refused.
 */
import type { DeploymentSource } from './contract.ts';

/** A pattern for the whole text, and its description: the end of the sentence "it must be …". */
export interface IdentifierForm {
  readonly pattern: RegExp;
  readonly rightForm: string;
}

const guid = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';
/** A part of an id: without separators and quotes, and without spaces at either end. */
const word = (separators: string): string => `(?! )[^"'\`\\\\<>|${separators}\\p{Cc}\\p{Zl}\\p{Zp}]+(?<! )`;
const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`, 'iu');

const rolloutNumber = '[1-9][0-9]{0,17}';

/** The forms of deployment ids. */
export const deploymentIdForms: Readonly<Record<DeploymentSource, IdentifierForm>> = {
  expressv2: {
    pattern: whole(`(?:${guid}/)?${word('/')}/${guid}`),
    rightForm: '{ServiceGroup}/{RolloutId} or {ServiceTreeId}/{ServiceGroup}/{RolloutId} with GUIDs as ids',
  },
  azdeployer: {
    pattern: whole(rolloutNumber),
    rightForm: 'a number of up to 18 digits',
  },
  pilotfish: {
    // Until 2024-02-20 Pilotfish deployments were recorded under AzDeployer's numbers, and B2D returns those.
    pattern: whole(`(?:[0-9]{8}-[0-9]{6}-[0-9a-f]{40}_[0-9]{1,10}|${rolloutNumber})`),
    rightForm:
      'like 20240213-171812-{40 hexadecimal digits}_{number}, or a number of up to 18 digits for a deployment made through AzDeployer',
  },
  azurepipelines: {
    // The organization may be a collection of a server: `{server}/{path}/{collection}`.
    pattern: whole(`(?:${word('/')}/)+${guid}/(?:release-)?[1-9][0-9]{0,9}/${word('')}`),
    rightForm:
      '{Organization}/{ProjectId}/{RunId}/{Stage}, or {Organization}/{ProjectId}/release-{ReleaseId}/{Stage} for a classic release, with a GUID as ProjectId',
  },
};

/** The forms of payloads. */
export const payloadForms: Readonly<Record<DeploymentSource, IdentifierForm>> = {
  expressv2: {
    pattern: whole(`${guid}/${word('/=')}=${word('')}`),
    rightForm: '{ServiceTreeId}/{ServiceGroup}={BuildNumber} with a GUID as ServiceTreeId',
  },
  azdeployer: {
    // AzDeployer itself appends further parts, and B2D returns them.
    pattern: whole(`${word(';')}(?: *; *${word(';')}){2,}`),
    rightForm: '{DeploymentTemplate};{BuildBranch};{BuildVersion}',
  },
  pilotfish: {
    // Orchestrator events name some payloads by their label alone.
    pattern: whole(`(?:${word('=\\s')}=)?${word('=\\s')}`),
    rightForm: '{ServiceComponentName}={BuildLabel} or {BuildLabel}',
  },
  azurepipelines: {
    pattern: whole(`${word('=')}=${word('')}`),
    rightForm: '{Pipeline}={RunName}, or {ReleasePipeline}={ReleaseName} for a classic release',
  },
};
