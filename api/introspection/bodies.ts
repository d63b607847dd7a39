/**
 * Reads the bodies of introspection tolerantly, as `api/bodies.ts` does: unknown fields are ignored, unknown words are
 * kept, and an entry that cannot be used is skipped and reported.
 */
import {
  count,
  type Fields,
  member,
  type ReadBody,
  record,
  text,
  textOrEmpty,
  time,
  timeOrNull,
  UnreadableBodyError,
  usableRows,
} from '../body-fields.ts';
import type {
  Cell,
  Change,
  Changes,
  Commit,
  EnvironmentColumn,
  Environments,
  EnvironmentTier,
  LeftOutSource,
  Measure,
  Measures,
  News,
  PlacedBuild,
  Placement,
  Presence,
  PreviewedEnvironment,
  ProjectSettings,
  PullRequest,
  SavedSettings,
  Service,
  Services,
  SettingsPreview,
  Step,
  Whereabouts,
  WorkItem,
} from './contract.ts';

const buildFields: Fields<PlacedBuild> = {
  ProjectId: textOrEmpty,
  Id: count,
  Number: textOrEmpty,
  Url: textOrEmpty,
  Pipeline: textOrEmpty,
  Repository: textOrEmpty,
  Branch: textOrEmpty,
  Commit: textOrEmpty,
};

const placementFields: Fields<Placement> = {
  Service: textOrEmpty,
  Environment: textOrEmpty,
  DeploymentSource: text,
  DeploymentId: text,
  DeploymentUrl: textOrEmpty,
  Version: textOrEmpty,
  Build: (value) => record(value, buildFields),
  State: textOrEmpty,
  ChangeState: textOrEmpty,
  Kind: textOrEmpty,
  By: textOrEmpty,
  StartTime: time,
  EndTime: timeOrNull,
};

const columnFields: Fields<EnvironmentColumn> = { Name: text, Tier: textOrEmpty, Guessed: flag };

const serviceFields: Fields<Service> = {
  Name: text,
  Guessed: flag,
  Pipelines: texts,
  Repositories: texts,
  Ambiguous: texts,
};

const cellFields: Fields<Cell> = {
  Service: text,
  Environment: text,
  Current: orNull(placementFields),
  Since: usable(placementFields),
  MoreSince: (value) => (value === undefined ? 0 : count(value)),
  Behind: numberOrNull,
  BehindIsAtLeast: flag,
};

const stepFields: Fields<Step> = {
  ProjectId: textOrEmpty,
  Key: text,
  Kind: textOrEmpty,
  Title: textOrEmpty,
  Url: textOrEmpty,
  State: textOrEmpty,
  ChangeState: textOrEmpty,
  By: textOrEmpty,
  StartTime: timeOrNull,
  EndTime: timeOrNull,
  After: texts,
  Guessed: flag,
};

const changeFields: Fields<Change> = {
  Placement: (value) => record(value, placementFields),
  Author: textOrEmpty,
  Ring: textOrEmpty,
  MetadataUpdate: orNull(stepFields),
  Approval: orNull(stepFields),
  MergedBy: textOrEmpty,
  ReadyToDeploy: orNull(stepFields),
  SyncedClusters: texts,
  LastUpdateTime: time,
};

const commitFields: Fields<Commit> = {
  ProjectId: textOrEmpty,
  Id: text,
  Message: textOrEmpty,
  Author: textOrEmpty,
  Time: timeOrNull,
  Url: textOrEmpty,
};

const pullRequestFields: Fields<PullRequest> = {
  ProjectId: textOrEmpty,
  Id: count,
  Title: textOrEmpty,
  Repository: textOrEmpty,
  Url: textOrEmpty,
};

const workItemFields: Fields<WorkItem> = { ProjectId: textOrEmpty, Id: count, Url: textOrEmpty };

const presenceFields: Fields<Presence> = {
  ProjectId: textOrEmpty,
  Service: text,
  Environment: text,
  Presence: text,
  Placement: orNull(placementFields),
  Missing: texts,
};

const measureFields: Fields<Measure> = {
  Name: text,
  Service: textOrEmpty,
  Environment: textOrEmpty,
  Value: numberOrNull,
  Counted: count,
  LeftOutCount: count,
  Daily: usable<Measure['Daily'][number]>({ Day: text, Value: number, Counted: count }),
};

const leftOutFields: Fields<LeftOutSource> = { DeploymentSource: text, Reason: textOrEmpty };

const settingsFields: Fields<ProjectSettings> = {
  Services: usable<ProjectSettings['Services'][number]>({
    Name: text,
    Pipelines: texts,
    Repositories: texts,
    Payloads: texts,
  }),
  Environments: usable<ProjectSettings['Environments'][number]>({
    Name: text,
    Tier: (value) => text(value) as EnvironmentTier,
    Aliases: texts,
  }),
  MetadataRepositories: texts,
  ManifestRepositories: texts,
};

const previewedFields: Fields<PreviewedEnvironment> = { ...columnFields, Matches: texts, Ambiguous: texts };

/** @throws UnreadableBodyError */
export function readEnvironments(value: unknown): ReadBody<Environments> {
  const cells = usableRows(member(value, 'Cells'), cellFields);
  const body = {
    ...projectIn(value),
    At: timeOrNull(member(value, 'At')),
    Horizon: timeOrNull(member(value, 'Horizon')),
    LeftOut: usable(leftOutFields)(member(value, 'LeftOut')),
    Environments: usable(columnFields)(member(value, 'Environments')),
    Services: usable(serviceFields)(member(value, 'Services')),
    Cells: cells.rows,
    ...tokenIn(value),
  };
  return { body, skipped: cells.skipped };
}

/** @throws UnreadableBodyError */
export function readServices(value: unknown): ReadBody<Services> {
  const { rows: Services, skipped } = usableRows(member(value, 'Services'), serviceFields);
  return { body: { ...projectIn(value), Services }, skipped };
}

/** @throws UnreadableBodyError */
export function readChanges(value: unknown): ReadBody<Changes> {
  const { rows: Changes, skipped } = usableRows(member(value, 'Changes'), changeFields);
  const leftOut = member(value, 'LeftOut');
  const body = {
    ...projectIn(value),
    Changes,
    ...(leftOut !== undefined && { LeftOut: usable(leftOutFields)(leftOut) }),
    ...tokenIn(value),
  };
  return { body, skipped };
}

/** @throws UnreadableBodyError */
export function readNews(value: unknown): ReadBody<News> {
  const commits = usableRows(member(value, 'Commits'), commitFields);
  const body = {
    ...projectIn(value),
    Placement: record(member(value, 'Placement'), placementFields),
    Since: orNull(placementFields)(member(value, 'Since')),
    Direction: textOrEmpty(member(value, 'Direction')),
    Commits: commits.rows,
    PullRequests: usable(pullRequestFields)(member(value, 'PullRequests')),
    WorkItems: usable(workItemFields)(member(value, 'WorkItems')),
    AndMore: flag(member(value, 'AndMore')),
  };
  return { body, skipped: commits.skipped };
}

/** @throws UnreadableBodyError */
export function readWhereabouts(value: unknown): ReadBody<Whereabouts> {
  const presences = usableRows(member(value, 'Environments'), presenceFields);
  const steps = usableRows(member(value, 'Steps'), stepFields);
  const body = {
    ...projectIn(value),
    Subject: textOrEmpty(member(value, 'Subject')),
    Commits: usable(commitFields)(member(value, 'Commits')),
    PullRequests: usable(pullRequestFields)(member(value, 'PullRequests')),
    WorkItems: usable(workItemFields)(member(value, 'WorkItems')),
    Environments: presences.rows,
    Steps: steps.rows,
    AndMore: flag(member(value, 'AndMore')),
  };
  return { body, skipped: [...presences.skipped, ...steps.skipped] };
}

/** @throws UnreadableBodyError */
export function readMeasures(value: unknown): ReadBody<Measures> {
  const { rows: Measures, skipped } = usableRows(member(value, 'Measures'), measureFields);
  const body = {
    ...projectIn(value),
    From: time(member(value, 'From')),
    To: time(member(value, 'To')),
    LeftOut: usable(leftOutFields)(member(value, 'LeftOut')),
    Measures,
  };
  return { body, skipped };
}

/** Nothing of settings is skipped: whoever saved what was left would lose the rest. @throws UnreadableBodyError */
export function readSavedSettings(value: unknown): ReadBody<SavedSettings> {
  const body = {
    ...projectIn(value),
    Version: count(member(value, 'Version')),
    SavedBy: textOrEmpty(member(value, 'SavedBy')),
    SavedTime: timeOrNull(member(value, 'SavedTime')),
    Settings: record(member(value, 'Settings'), settingsFields),
  };
  return { body, skipped: [] };
}

/** @throws UnreadableBodyError */
export function readSettingsPreview(value: unknown): ReadBody<SettingsPreview> {
  const { rows: Services, skipped } = usableRows(member(value, 'Services'), serviceFields);
  const Environments = usable(previewedFields)(member(value, 'Environments'));
  return { body: { Services, Environments, Unmatched: texts(member(value, 'Unmatched')) }, skipped };
}

function projectIn(value: unknown): { ADOOrganizationName: string; ADOProjectId: string } {
  return {
    ADOOrganizationName: textOrEmpty(member(value, 'ADOOrganizationName')),
    ADOProjectId: textOrEmpty(member(value, 'ADOProjectId')),
  };
}

function tokenIn(value: unknown): { ContinuationToken?: string } {
  const token = member(value, 'ContinuationToken');
  return typeof token === 'string' ? { ContinuationToken: token } : {};
}

/** The entries of a list that can be used; none where a later version left the list out. */
function usable<T>(fields: Fields<T>): (value: unknown) => T[] {
  return (value) => (value === undefined ? [] : usableRows(value, fields).rows);
}

function orNull<T>(fields: Fields<T>): (value: unknown) => T | null {
  return (value) => (value === null || value === undefined ? null : record(value, fields));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function flag(value: unknown): boolean {
  return value === true;
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw new UnreadableBodyError('expected a number');
  return value;
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : number(value);
}
