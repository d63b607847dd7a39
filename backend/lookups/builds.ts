/** The builds in the rows and bodies of D2B and P2B. */
import type { Build } from '../../api/contract.ts';
import { type ProjectKey, projectIdOf } from '../../api/keys.ts';
import { type Row, textOf } from '../../kusto/client/rows.ts';
import type { PartialSight } from './lookup.ts';

export function buildOf(row: Row): Build {
  return {
    OrganizationName: textOf(row, 'OrganizationName'),
    ProjectId: textOf(row, 'ProjectId'),
    Id: textOf(row, 'Id'),
    Url: textOf(row, 'Url'),
    Source: 'ADO',
  };
}

/** The projects of builds, each once. */
export function projectsOf(builds: readonly Build[]): ProjectKey[] {
  const projects = new Map(builds.map(projectOf).map((project) => [projectIdOf(project), project]));
  return [...projects.values()];
}

/** The body with the builds of some projects only, and for whoever may know, the number of the others. */
export function buildsIn<Body extends { Builds: Build[]; HiddenBuilds?: number }>(
  body: Body,
  { sees, mayCount }: PartialSight,
): Body {
  const Builds = body.Builds.filter((build) => sees(projectOf(build)));
  const hidden = body.Builds.length - Builds.length;
  return { ...body, Builds, ...(mayCount && hidden > 0 && { HiddenBuilds: hidden }) };
}

function projectOf({ OrganizationName, ProjectId }: Build): ProjectKey {
  return { organization: OrganizationName, project: ProjectId };
}
