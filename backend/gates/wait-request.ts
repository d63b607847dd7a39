/**
 * Reads what a wait is about: the build and the criteria, from the form that the agentless task sends or from JSON
 * that people write into a check. All mistakes are found at once; values that are too long are not repeated.
 */
import type { BuildKey } from '../../api/keys.ts';
import { readBuildParts } from '../../api/parameters.ts';
import { InvalidOrganizationError, parseOrganization } from '../../azure-devops/organization.ts';
import {
  type CriteriaTexts,
  criteriaDefaults,
  readCriteria,
  type WaitCriteria,
} from '../../wait/criteria.ts';
import type { Mistakes, Reading } from './reading.ts';
import { isForm, readForm } from './task-form.ts';

/** A build to wait for, and when to be satisfied. A stored wait keeps the criteria as texts. */
export interface WaitRequest {
  readonly build: BuildKey;
  readonly criteria: WaitCriteria;
  readonly texts: CriteriaTexts;
}

type Fields = Readonly<Record<string, unknown>>;

const criteriaFields = Object.keys(criteriaDefaults) as (keyof typeof criteriaDefaults)[];
const buildFields = ['organization', 'projectId', 'buildId'] as const;
const lists: readonly string[] = ['sources', 'payloads', 'deployments'];
/** Characters of a field that is a list of patterns, and of any other. */
const longestList = 60_000;
const longestField = 400;

/** Reads the text of a body. */
export function readWaitBody(body: string): Reading<WaitRequest> {
  if (!isForm(body)) return readWaitRequest(jsonOf(body));
  const form = readForm(body);
  if (form.mistakes) return form;
  const entries = Object.entries(form.value);
  const isOfBuild = (name: string): boolean => buildFields.some((field) => field === name);
  return readWaitRequest({
    build: Object.fromEntries(entries.filter(([name]) => isOfBuild(name))),
    criteria: Object.fromEntries(entries.filter(([name]) => !isOfBuild(name))),
  });
}

/** Reads the value of a body. Fields of the criteria that are absent or blank take their defaults. */
export function readWaitRequest(body: unknown): Reading<WaitRequest> {
  const given = objectOf(body);
  if (!given) return mistake('body', 'must be a JSON object with "build" and "criteria"');
  const build = objectOf(given.build);
  const criteria = objectOf(given.criteria ?? {});
  if (!build) return mistake('build', `must be an object with ${buildFields.join(', ')}`);
  if (!criteria) return mistake('criteria', `must be an object with any of ${criteriaFields.join(', ')}`);
  const mistakes: Mistakes = [
    ...unknownFields('criteria', criteria, criteriaFields),
    ...unknownFields('build', build, buildFields),
  ];
  const key = readBuild(textsOf('build', build, buildFields, mistakes), mistakes);
  const texts = textsOf('criteria', criteria, criteriaFields, mistakes);
  const reading = readCriteria(texts);
  for (const { field, message } of reading.mistakes ?? []) {
    mistakes.push({ target: `criteria.${field}`, message });
  }
  if (mistakes.length > 0 || !key || !reading.criteria) return { mistakes };
  return { value: { build: key, criteria: reading.criteria, texts } };
}

/** The build; undefined if something is wrong, which is then among `mistakes`. */
function readBuild(
  texts: Partial<Record<(typeof buildFields)[number], string>>,
  mistakes: Mistakes,
): BuildKey | undefined {
  const organization = readOrganization(texts.organization);
  const reading = readBuildParts({
    organization: organization.value,
    project: texts.projectId,
    buildId: texts.buildId,
  });
  if (reading.ok) return reading.values;
  for (const { target, message } of reading.mistakes) {
    const field = target === 'project' ? 'build.projectId' : `build.${target}`;
    if (mistakes.some((known) => known.target === field)) continue;
    const ofOrganization = target === 'organization' ? organization.mistake : undefined;
    mistakes.push({ target: field, message: ofOrganization ?? message });
  }
  return undefined;
}

/** The organization may be given by its address too: a pipeline knows it as `$(System.CollectionUri)`. */
function readOrganization(text = ''): { readonly value?: string; readonly mistake?: string } {
  try {
    return { value: parseOrganization(text).name };
  } catch (error) {
    if (!(error instanceof InvalidOrganizationError)) throw error;
    return { mistake: error.message };
  }
}

/** The fields as texts. What is no text, or is too long, counts as absent and is among `mistakes`. */
function textsOf<const Name extends string>(
  target: string,
  given: Fields,
  names: readonly Name[],
  mistakes: Mistakes,
): Partial<Record<Name, string>> {
  const texts: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined;
    const most = lists.includes(name) ? longestList : longestField;
    if (text !== undefined && text.length <= most) texts[name] = text;
    else {
      const message =
        text === undefined ? 'must be a text' : `has ${text.length} characters; the limit is ${most}`;
      mistakes.push({ target: `${target}.${name}`, message });
    }
  }
  return texts;
}

function mistake(target: string, message: string): { readonly mistakes: Mistakes } {
  return { mistakes: [{ target, message }] };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function unknownFields(target: string, given: Fields, known: readonly string[]): Mistakes {
  return Object.keys(given)
    .filter((field) => !known.includes(field))
    .map((field) => ({
      target: `${target}.${field}`,
      message: `is not known here; known are ${known.join(', ')}`,
    }));
}
