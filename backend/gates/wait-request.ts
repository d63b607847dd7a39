/**
 * Reads what an agentless task sends: criteria and build in the body, the plan to call back in the headers
 * that Azure DevOps' own HTTP tasks use by default. All mistakes are found at once; values are not repeated,
 * because one of them is a token.
 */
import type { ApiError } from '../../api/contract.ts';
import type { BuildKey } from '../../api/keys.ts';
import { readBuildParts } from '../../api/parameters.ts';
import { InvalidOrganizationError, parseOrganization } from '../../azure-devops/organization.ts';
import {
  type CriteriaTexts,
  criteriaDefaults,
  readCriteria,
  type WaitCriteria,
} from '../../wait/criteria.ts';
import { allowedCallback } from './callback-host.ts';

/** A build to wait for, and when to be satisfied. A stored wait keeps the criteria as texts. */
export interface WaitRequest {
  readonly build: BuildKey;
  readonly criteria: WaitCriteria;
  readonly texts: CriteriaTexts;
}

/** The task in a plan of Azure DevOps that waits for an answer. */
export interface PlanTask {
  /** The organization's address, without a slash at the end. */
  readonly url: string;
  readonly projectId: string;
  readonly hub: string;
  readonly planId: string;
  readonly timelineId: string;
  readonly jobId: string;
  readonly taskId: string;
}

type Details = NonNullable<ApiError['details']>;
export type Reading<T> =
  | { readonly value: T; readonly mistakes?: undefined }
  | { readonly mistakes: Details };

const criteriaFields = Object.keys(criteriaDefaults) as (keyof typeof criteriaDefaults)[];
const buildFields = ['organization', 'projectId', 'buildId'];

/** Reads a body. Fields of the criteria that are absent or blank take their defaults. */
export function readWaitRequest(body: unknown): Reading<WaitRequest> {
  const given = objectOf(body);
  if (!given) return mistake('body', 'must be a JSON object with "build" and "criteria"');
  const build = objectOf(given.build);
  const criteria = objectOf(given.criteria ?? {});
  if (!build) return mistake('build', `must be an object with ${buildFields.join(', ')}`);
  if (!criteria) return mistake('criteria', `must be an object with any of ${criteriaFields.join(', ')}`);
  const texts: CriteriaTexts = Object.fromEntries(
    criteriaFields.map((field) => [field, textOf(criteria[field])]),
  );
  const reading = readCriteria(texts);
  const building = readBuild(build);
  const mistakes = [
    ...unknownFields('criteria', criteria, criteriaFields),
    ...unknownFields('build', build, buildFields),
    ...(building.mistakes ?? []),
    ...(reading.mistakes ?? []).map(({ field, message }) => ({ target: `criteria.${field}`, message })),
  ];
  if (mistakes.length > 0 || building.mistakes || !reading.criteria) return { mistakes };
  return { value: { build: building.value, criteria: reading.criteria, texts } };
}

function readBuild(build: Readonly<Record<string, unknown>>): Reading<BuildKey> {
  const organization = readOrganization(textOf(build.organization));
  const reading = readBuildParts({
    organization: organization.value,
    project: textOf(build.projectId),
    buildId: textOf(build.buildId),
  });
  if (reading.ok) return { value: reading.values };
  const mistakes = reading.mistakes.map(({ target, message }) => ({
    target: target === 'project' ? 'build.projectId' : `build.${target}`,
    message: target === 'organization' && organization.mistake ? organization.mistake : message,
  }));
  return { mistakes };
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

const idForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads the headers `PlanUrl`, `ProjectId`, `HubName`, `PlanId`, `TimelineId`, `JobId`, `TaskInstanceId`, `AuthToken`. */
export function readPlanTask(
  headers: Readonly<Record<string, unknown>>,
  hosts: readonly string[],
): Reading<{ task: PlanTask; token: string }> {
  const mistakes: { target: string; message: string }[] = [];
  const header = (name: string): string => textOf(headers[name.toLowerCase()]) ?? '';
  const id = (name: string): string => {
    if (!idForm.test(header(name)))
      mistakes.push({ target: name, message: `the header ${name} must be a GUID` });
    return header(name).toLowerCase();
  };
  const url = allowedCallback(header('PlanUrl'), hosts);
  if (url === undefined) {
    const message = `the header PlanUrl must be an https address at one of ${hosts.join(', ')}`;
    mistakes.push({ target: 'PlanUrl', message });
  }
  const hub = header('HubName');
  if (!/^[a-z]{1,40}$/i.test(hub)) {
    mistakes.push({
      target: 'HubName',
      message: 'the header HubName must be a word such as build or release',
    });
  }
  const token = header('AuthToken');
  if (token === '')
    mistakes.push({ target: 'AuthToken', message: 'the header AuthToken must be $(system.AccessToken)' });
  const task = {
    url: url ?? '',
    projectId: id('ProjectId'),
    hub,
    planId: id('PlanId'),
    timelineId: id('TimelineId'),
    jobId: id('JobId'),
    taskId: id('TaskInstanceId'),
  };
  return mistakes.length > 0 ? { mistakes } : { value: { task, token } };
}

/** One task of one job of one plan is one wait, however often its registration comes. */
export function waitIdOf(task: Pick<PlanTask, 'planId' | 'jobId' | 'taskId'>): string {
  return `${task.planId}/${task.jobId}/${task.taskId}`.toLowerCase();
}

function mistake(target: string, message: string): { mistakes: Details } {
  return { mistakes: [{ target, message }] };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined;
}

function unknownFields(
  target: string,
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
): Details {
  return Object.keys(given)
    .filter((field) => !known.includes(field))
    .map((field) => ({
      target: `${target}.${field}`,
      message: `is not known here; known are ${known.join(', ')}`,
    }));
}
