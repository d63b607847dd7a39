/** The query parameters of the lookups of builds, deployments and payloads. How they are read: `query.ts`. */

import { Type } from 'typebox';
import { isGuid } from '../net/guid.ts';
import { type DeploymentSource, deploymentSources } from './contract.ts';
import { deploymentIdForms, payloadForms } from './identifier-forms.ts';
import type { BuildKey, DeploymentKey, PayloadKey } from './keys.ts';
import type { BuildLookupName } from './paths.ts';
import {
  isComplete,
  type Parameter,
  type ParameterDescription,
  type ParameterMistake,
  type ParameterReading,
  Query,
  readText,
} from './query.ts';
import { type DeploymentState, deploymentStates } from './states.ts';

/** A key whose source is one that this version knows. */
export type KnownSource<Key> = Key & { readonly source: DeploymentSource };

const maxBuildId = 2 ** 31 - 1;

/** The name of an organization in the cloud. */
const cloudName = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?';
/** A collection of Azure DevOps Server: the server, then at least one part of a path. */
const serverName = `[A-Za-z0-9._:\\[\\]-]{1,255}(?:/[^/:\\\\~&%;@'"?<>|#$*{},+=\\[\\]\\p{Cc}]{1,64})+`;
const organizationName = `^(?:${cloudName}|${serverName})$`;
const organizationForm = new RegExp(organizationName, 'u');

export const organization: Parameter<string> = {
  name: 'adoOrganizationName',
  description:
    'Azure DevOps organization of the build; case does not matter. A collection of Azure DevOps Server is named with its server and without the scheme, such as `tfs.example.com:8080/tfs/main`.',
  example: 'msazure',
  maxLength: 200,
  rightForm:
    'the name of an Azure DevOps organization: up to 50 letters a-z, digits and hyphens, beginning and ending with a letter or digit; or server and path of a collection, such as tfs.example.com:8080/tfs/main',
  schema: Type.String({ minLength: 1, maxLength: 200, pattern: organizationName }),
  read: (text) => (organizationForm.test(text) ? text : undefined),
};

export const project: Parameter<string> = {
  name: 'adoProjectId',
  description: 'Azure DevOps project id of the build; case does not matter.',
  example: 'b32aa71e-8ed2-41b2-9d77-5bc261222004',
  maxLength: 36,
  rightForm: 'a GUID such as b32aa71e-8ed2-41b2-9d77-5bc261222004',
  schema: Type.String({ format: 'uuid' }),
  read: (text) => (isGuid(text) ? text : undefined),
};

export const build: Parameter<number> = {
  name: 'adoBuildId',
  description: 'Id of the build, a 32-bit number.',
  example: 85084651,
  maxLength: 10,
  rightForm: `a whole number from 1 to ${maxBuildId}, in digits without sign or leading zeros`,
  schema: Type.Integer({ minimum: 1, maximum: maxBuildId }),
  read: (text) => (/^[1-9][0-9]*$/.test(text) && Number(text) <= maxBuildId ? Number(text) : undefined),
};

export const source: Parameter<DeploymentSource> = {
  name: 'deploymentSource',
  description: `The orchestrator: ${deploymentSources.join(', ')}; case does not matter.`,
  example: 'expressv2',
  maxLength: 32,
  rightForm: `one of ${deploymentSources.join(', ')}`,
  schema: Type.String({ enum: [...deploymentSources] }),
  read(text) {
    const asked = text.toLowerCase();
    return deploymentSources.find((known) => known === asked);
  },
};

export const deploymentId: Parameter<string> = {
  name: 'deploymentId',
  description: `Id of the deployment, as returned by B2D; case does not matter. Usual forms: ${formsInWords(deploymentIdForms)}`,
  example: 'ContainerApps/0220d503-93eb-4d5a-8ebd-5f45dbda5d75',
  maxLength: 512,
  rightForm: 'the id of a deployment, of at most 512 characters',
  isFreeText: true,
  schema: Type.String({ minLength: 1, maxLength: 512 }),
  read: (text) => text,
};

const payload: Parameter<string> = {
  name: 'payload',
  description: `The payload; case does not matter. Usual forms: ${formsInWords(payloadForms)}`,
  example: 'df36aee8-c644-400b-a0ab-fd0f1191211d/containerapps=1.2.1450.0',
  maxLength: 1024,
  rightForm: 'a payload, of at most 1,024 characters',
  isFreeText: true,
  schema: Type.String({ minLength: 1, maxLength: 1024 }),
  read: (text) => text,
};

/** Some of our words for states. @param what things in these states, in the plural */
export function statesOf(what: string): Parameter<readonly DeploymentState[]> {
  return {
    name: 'state',
    description: `Only ${what} in one of these states, separated by commas: ${deploymentStates.join(', ')}; case does not matter.`,
    isOptional: true,
    maxLength: 200,
    rightForm: `one or more of ${deploymentStates.join(', ')}, separated by commas`,
    schema: Type.String({ minLength: 1, maxLength: 200 }),
    read(text) {
      const named = text.split(',').map((word) => word.trim().toLowerCase());
      const known = deploymentStates.filter((state) => named.includes(state.toLowerCase()));
      return known.length === new Set(named).size ? known : undefined;
    },
  };
}

const entityType: Parameter<string> = {
  name: 'type',
  description: 'Only entities of this type, such as `Region`; case does not matter.',
  isOptional: true,
  maxLength: 256,
  rightForm: 'the type of an entity, of at most 256 characters',
  isFreeText: true,
  schema: Type.String({ minLength: 1, maxLength: 256 }),
  read: (text) => text,
};

/** How many of something an answer has at most. @param what in the plural */
export function topOf(what: string, usual: number, most: number): Parameter<number> {
  return {
    name: 'top',
    description: `The most ${what} in one answer.`,
    isOptional: true,
    maxLength: 4,
    rightForm: `a whole number from 1 to ${most}, in digits`,
    schema: Type.Integer({ minimum: 1, maximum: most, default: usual }),
    read: (text) => (/^[1-9][0-9]*$/.test(text) && Number(text) <= most ? Number(text) : undefined),
  };
}

/** Where the page before ended. @param query what both pages must agree in, such as "filters" */
export function continuationTokenOf(query: string): Parameter<string> {
  return {
    name: 'continuationToken',
    description: `The \`ContinuationToken\` of the answer before, with the same ${query}.`,
    isOptional: true,
    maxLength: 8_000,
    rightForm: `the ContinuationToken of an answer about the same ${query}`,
    schema: Type.String({ minLength: 1, maxLength: 8_000 }),
    read: (text) => (/^[A-Za-z0-9_-]+$/.test(text) ? text : undefined),
  };
}

/** The entities of an answer, unless told otherwise, and at most. */
const usualTop = 500;
const mostTop = 5_000;

const states = statesOf('entities');
const top = topOf('entities', usualTop, mostTop);
const continuationToken = continuationTokenOf('deployment, states and type');

/** The parameters of each lookup, in the order of the documentation. */
export const apiParameters: Readonly<Record<BuildLookupName, readonly ParameterDescription[]>> = {
  b2d: [organization, project, build],
  d2b: [source, deploymentId],
  p2b: [source, payload],
  entities: [source, deploymentId, states, entityType, top, continuationToken],
};

/**
 * Reads the parameters of B2D from a raw query string (the text after `?`). Organization and project id are kept as
 * they were written: answers repeat them, and Kusto compares without case.
 */
export function readBuildKey(rawQuery: string): ParameterReading<BuildKey> {
  const query = new Query(rawQuery);
  const values = {
    organization: query.read(organization),
    project: query.read(project),
    buildId: query.read(build),
  };
  return isComplete(values) ? { ok: true, values } : { ok: false, mistakes: query.mistakes };
}

/**
 * Reads the parameters of D2B from a raw query string. Any id is accepted and kept as it was written: Kusto gets it
 * as the value of a declared parameter.
 */
export function readDeploymentKey(rawQuery: string): ParameterReading<KnownSource<DeploymentKey>> {
  const query = new Query(rawQuery);
  const from = query.read(source);
  const values = { source: from, id: query.read(deploymentId, from && deploymentIdForms[from]) };
  return isComplete(values) ? { ok: true, values } : { ok: false, mistakes: query.mistakes };
}

/**
 * Reads the parameters of P2B from a raw query string. Any payload is accepted and kept as it was written: Kusto
 * standardises it by the same rules as those that were recorded.
 */
export function readPayloadKey(rawQuery: string): ParameterReading<KnownSource<PayloadKey>> {
  const query = new Query(rawQuery);
  const from = query.read(source);
  const values = { source: from, payload: query.read(payload, from && payloadForms[from]) };
  return isComplete(values) ? { ok: true, values } : { ok: false, mistakes: query.mistakes };
}

/** The query for entities that a request makes: what it leaves out has its default. */
export interface EntitiesReading extends KnownSource<DeploymentKey> {
  readonly states: readonly DeploymentState[];
  readonly type: string | undefined;
  readonly top: number;
  readonly continuationToken: string | undefined;
}

/** Reads the parameters of a query for entities from a raw query string. */
export function readEntitiesQuery(rawQuery: string): ParameterReading<EntitiesReading> {
  const query = new Query(rawQuery);
  const from = query.read(source);
  const values = { source: from, id: query.read(deploymentId, from && deploymentIdForms[from]) };
  const optional = {
    states: query.readOptional(states) ?? [],
    type: query.readOptional(entityType),
    top: query.readOptional(top) ?? usualTop,
    continuationToken: query.readOptional(continuationToken),
  };
  return query.mistakes.length === 0 && isComplete(values)
    ? { ok: true, values: { ...values, ...optional } }
    : { ok: false, mistakes: query.mistakes };
}

/** The mistake of a continuation token that no answer to this query has given. */
export const wrongContinuationToken = wrongTokenOf(continuationToken);

/** The same for the token of another parameter. */
export function wrongTokenOf({ name, rightForm }: Parameter<string>): ParameterMistake {
  return {
    target: name,
    message: `${name} is not valid; it must be ${rightForm}. Leave it out to begin again.`,
  };
}

/**
 * Reads a build whose parts are given one by one, by the rules of B2D's parameters. A mistake's target is the part,
 * and its message the rest of the sentence.
 */
export function readBuildParts(
  parts: Readonly<Record<keyof BuildKey, string | undefined>>,
): ParameterReading<BuildKey> {
  const mistakes: ParameterMistake[] = [];
  const read = <T>(target: keyof BuildKey, parameter: Parameter<T>): T | undefined => {
    const text = parts[target];
    const reading = text === undefined ? { problem: 'is missing' } : readText(parameter, text);
    if ('value' in reading) return reading.value;
    mistakes.push({ target, message: `${reading.problem}; it must be ${parameter.rightForm}` });
    return undefined;
  };
  const values = {
    organization: read('organization', organization),
    project: read('project', project),
    buildId: read('buildId', build),
  };
  return isComplete(values) ? { ok: true, values } : { ok: false, mistakes };
}

function formsInWords(forms: Readonly<Record<DeploymentSource, string>>): string {
  return deploymentSources.map((name) => `${name}: ${forms[name]}.`).join(' ');
}
