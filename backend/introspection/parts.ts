/**
 * The parts that answers of introspection have in common, from rows. A function answers with rows of several kinds; the
 * column `Row` says of which kind each is.
 */
import type {
  Commit,
  LeftOutSource,
  Placement,
  PullRequest,
  Service,
  Step,
  WorkItem,
} from '../../api/introspection/contract.ts';
import type { ProjectKey } from '../../api/keys.ts';
import { flagOf, numberOf, type Row, textOf, textsOf, timeOf } from '../../kusto/client/rows.ts';
import { neverRecorded } from '../lookups/deployment-parts.ts';
import type { Findings, LookupResult } from '../lookups/lookup.ts';

/** The rows of one kind, in their order. */
export function rowsOf(rows: readonly Row[], kind: string): Row[] {
  return rows.filter((row) => row.Row === kind);
}

/** These functions give no row for what is not known. */
export function findingsInAnyRow(rows: readonly Row[]): Findings {
  const [row] = rows;
  return row ? { kind: 'found', row, rows } : { kind: 'unknown' };
}

/** What is said of a project that is not known, or that the caller may not know of. */
export function unknownProject({ organization, project }: ProjectKey): LookupResult<never> {
  return unknown('adoProjectId', `There is no record of project ${project} in organization ${organization}.`);
}

/** The same for another parameter. */
export function unknown(target: string, message: string): LookupResult<never> {
  return { kind: 'unknown', message: 'Not Found', details: [{ target, message }] };
}

export function projectNames({
  organization,
  project = '',
}: {
  organization: string;
  project?: string | undefined;
}): {
  ADOOrganizationName: string;
  ADOProjectId: string;
} {
  return { ADOOrganizationName: organization, ADOProjectId: project };
}

export function placementOf(row: Row): Placement {
  return {
    Service: textOf(row, 'Service'),
    Environment: textOf(row, 'Environment'),
    DeploymentSource: textOf(row, 'DeploymentSource'),
    DeploymentId: textOf(row, 'DeploymentId'),
    DeploymentUrl: textOf(row, 'DeploymentUrl'),
    Version: textOf(row, 'Version'),
    Build: {
      ProjectId: textOf(row, 'BuildProjectId'),
      Id: numberOf(row, 'BuildId') ?? 0,
      Number: textOf(row, 'BuildNumber'),
      Url: textOf(row, 'BuildUrl'),
      Pipeline: textOf(row, 'Pipeline'),
      Repository: textOf(row, 'Repository'),
      Branch: textOf(row, 'Branch'),
      Commit: textOf(row, 'Commit'),
    },
    State: textOf(row, 'State'),
    ChangeState: textOf(row, 'ChangeState'),
    Kind: textOf(row, 'Kind'),
    By: textOf(row, 'RequestedBy'),
    StartTime: timeOf(row, 'StartTime') ?? neverRecorded,
    EndTime: timeOf(row, 'EndTime'),
  };
}

/** The placement in a row that has one; null in a row that has none. */
export function placementOrNull(row: Row): Placement | null {
  return textOf(row, 'DeploymentId') === '' ? null : placementOf(row);
}

export function serviceOf(row: Row): Service {
  return {
    Name: textOf(row, 'Service'),
    Guessed: flagOf(row, 'Guessed'),
    Pipelines: textsOf(row, 'Pipelines'),
    Repositories: textsOf(row, 'Repositories'),
    Ambiguous: textsOf(row, 'Ambiguous'),
  };
}

export function leftOutOf(row: Row): LeftOutSource {
  return { DeploymentSource: textOf(row, 'DeploymentSource'), Reason: textOf(row, 'Reason') };
}

export function commitOf(row: Row): Commit {
  return {
    ProjectId: textOf(row, 'ProjectId'),
    Id: textOf(row, 'Id'),
    Message: textOf(row, 'Message'),
    Author: textOf(row, 'Author'),
    Time: timeOf(row, 'Time'),
    Url: textOf(row, 'Url'),
  };
}

export function pullRequestOf(row: Row): PullRequest {
  return {
    ProjectId: textOf(row, 'ProjectId'),
    Id: numberOf(row, 'Number') ?? 0,
    Title: textOf(row, 'Title'),
    Repository: textOf(row, 'Repository'),
    Url: textOf(row, 'Url'),
  };
}

export function workItemOf(row: Row): WorkItem {
  return { ProjectId: textOf(row, 'ProjectId'), Id: numberOf(row, 'Number') ?? 0, Url: textOf(row, 'Url') };
}

/** A step from a row of its own. */
export function stepOf(row: Row): Step {
  return {
    ProjectId: textOf(row, 'ProjectId'),
    Key: textOf(row, 'Key'),
    Kind: textOf(row, 'StepKind'),
    Title: textOf(row, 'Title'),
    Url: textOf(row, 'Url'),
    State: textOf(row, 'State'),
    ChangeState: textOf(row, 'ChangeState'),
    By: textOf(row, 'RequestedBy'),
    StartTime: timeOf(row, 'StartTime'),
    EndTime: timeOf(row, 'EndTime'),
    After: textsOf(row, 'After'),
    Guessed: flagOf(row, 'Guessed'),
  };
}

/** A step in a column of a row, under the names of the contract; null where there is none. */
export function stepInBag(bag: Row): Step | null {
  if (textOf(bag, 'Key') === '') return null;
  return stepOf({ ...bag, StepKind: bag.Kind, RequestedBy: bag.By });
}
