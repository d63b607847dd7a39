/**
 * Reads and validates all inputs of the task, and reports all mistakes at once, before the first poll. The
 * names of the inputs are those in task.json.
 */

import type { BuildKey } from '../../api/keys.ts';
import { parseOrganizationUrl } from '../../azure-devops/address.ts';
import { isGuid } from '../../net/guid.ts';
import { isSafeForTokens } from '../../net/loopback.ts';
import {
  type CriteriaTexts,
  criteriaDefaults,
  type Mistake,
  readCriteria,
  type WaitCriteria,
} from '../../wait/criteria.ts';
import { formatDuration } from '../../wait/duration.ts';
import type { Agent, ServiceConnection } from './agent.ts';

export interface TaskInputs {
  readonly connection: ServiceConnection;
  readonly url: string;
  readonly build: BuildKey;
  readonly criteria: WaitCriteria;
  readonly addBuildTags: boolean;
  /** What the reader of the log should know about how the inputs were interpreted. */
  readonly notes: readonly string[];
}

export type InputReading =
  | { readonly inputs: TaskInputs; readonly mistakes?: undefined }
  | { readonly inputs?: undefined; readonly mistakes: readonly Mistake[] };

export function readInputs(agent: Agent): InputReading {
  const mistakes: Mistake[] = [];
  const notes: string[] = [];
  const connection = readConnection(agent, mistakes);
  const build = readBuild(agent, mistakes);
  const reading = readCriteria(criteriaTexts(agent));
  mistakes.push(...(reading.mistakes ?? []));
  const criteria = reading.criteria && withinJob(reading.criteria, agent, mistakes, notes);
  if (mistakes.length > 0 || !connection?.url || !build || !criteria) return { mistakes };
  const addBuildTags = agent.input('addBuildTags')?.toLowerCase() === 'true';
  return { inputs: { connection, url: connection.url, build, criteria, addBuildTags, notes } };
}

function criteriaTexts(agent: Agent): CriteriaTexts {
  const fields = Object.keys(criteriaDefaults) as (keyof typeof criteriaDefaults)[];
  return Object.fromEntries(fields.map((field) => [field, agent.input(field)]));
}

function readConnection(agent: Agent, mistakes: Mistake[]): ServiceConnection | undefined {
  const field = 'serviceConnection';
  const id = agent.input(field);
  if (id === undefined) {
    mistakes.push({ field, message: 'is missing; choose a service connection of type "Deployments"' });
    return undefined;
  }
  const connection = agent.serviceConnection(id);
  if (connection.url === undefined) {
    mistakes.push({ field, message: 'has no URL; edit the service connection and fill in "Server URL"' });
  } else if (!mayGetToken(connection.url)) {
    mistakes.push({ field, message: 'has a URL that does not begin with https://' });
  }
  return connection;
}

function mayGetToken(url: string): boolean {
  return URL.canParse(url) && isSafeForTokens(new URL(url));
}

function readBuild(agent: Agent, mistakes: Mistake[]): BuildKey | undefined {
  const organization = agent.input('organization') ?? ownOrganization(agent);
  const project = readProject(agent);
  const buildId = agent.input('buildId') ?? agent.variable('Build.BuildId');
  if (organization === undefined) {
    mistakes.push({
      field: 'organization',
      message: 'is missing, and this run does not say which organization it is in; set it',
    });
  } else if (/[/\s?#]/.test(organization)) {
    mistakes.push({
      field: 'organization',
      message: `must be a name such as contoso, not "${organization}"`,
    });
  }
  if (project === undefined || !isGuid(project)) {
    const given = project === undefined ? '' : `, not "${project}"`;
    mistakes.push({
      field: 'project',
      message: `must be the id of a project (a GUID) or the name of this project${given}`,
    });
  }
  if (buildId === undefined || !/^[1-9]\d{0,15}$/.test(buildId)) {
    const given = buildId === undefined ? '' : `, not "${buildId}"`;
    mistakes.push({ field: 'buildId', message: `must be the id of a build, a whole number${given}` });
  }
  if (organization === undefined || project === undefined || buildId === undefined) return undefined;
  return { organization, project, buildId: Number(buildId) };
}

function readProject(agent: Agent): string | undefined {
  const own = agent.variable('System.TeamProjectId');
  const given = agent.input('project');
  const isOwnName = given?.toLowerCase() === agent.variable('System.TeamProject')?.toLowerCase();
  return given === undefined || isOwnName ? own : given;
}

/** The organization in which this run takes place. */
function ownOrganization(agent: Agent): string | undefined {
  const uri = agent.variable('System.CollectionUri') ?? agent.variable('System.TeamFoundationCollectionUri');
  return uri !== undefined && URL.canParse(uri) ? parseOrganizationUrl(new URL(uri))?.name : undefined;
}

/** Ends the wait shortly before the agent would end the job, so that there is time to report. */
function withinJob(criteria: WaitCriteria, agent: Agent, mistakes: Mistake[], notes: string[]): WaitCriteria {
  const jobMs = Number(agent.variable('System.JobTimeout') ?? 0) * 60_000;
  if (!(jobMs > 0)) return criteria;
  const limit = jobMs - Math.min(60_000, jobMs / 10);
  if (criteria.timeoutMs <= limit) return criteria;
  if (criteria.settleMs >= limit) {
    const given = agent.input('settle') !== undefined;
    const which = given ? 'must' : `is ${criteriaDefaults.settle} by default, but it must`;
    mistakes.push({
      field: 'settle',
      message: `${which} be shorter than the job's timeout (${formatDuration(jobMs)})`,
    });
  }
  notes.push(
    `Waiting at most ${formatDuration(limit)} instead of ${formatDuration(criteria.timeoutMs)}, because the job times out after ${formatDuration(jobMs)}. To wait longer, raise the job's timeoutInMinutes.`,
  );
  return { ...criteria, timeoutMs: limit };
}
