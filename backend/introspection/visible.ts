/**
 * The part of an answer that is about projects which a caller may see. What belongs to no project, such as a commit
 * elsewhere, is shown to whoever sees the rest.
 */
import type {
  Change,
  Changes,
  Environments,
  News,
  Placement,
  Step,
  Whereabouts,
} from '../../api/introspection/contract.ts';
import { type ProjectKey, projectIdOf } from '../../api/keys.ts';
import type { PartialSight } from '../lookups/lookup.ts';

type Sees = (projectId: string) => boolean;

/** Each project once, as keys. A project that the query names belongs to its answer, whatever is in it. */
export function projectsOf(organization: string, ids: Iterable<string>): ProjectKey[] {
  const projects = [...new Set(ids)].filter((id) => id !== '').map((project) => ({ organization, project }));
  return [...new Map(projects.map((project) => [projectIdOf(project), project])).values()];
}

export function projectsOfPlacements(
  { organization, project }: ProjectKey,
  placements: readonly (Placement | null)[],
): ProjectKey[] {
  return projectsOf(organization, [
    project,
    ...placements.map((placement) => placement?.Build.ProjectId ?? ''),
  ]);
}

export function projectsOfWhereabouts(body: Whereabouts): ProjectKey[] {
  const { Commits, PullRequests, WorkItems, Environments, Steps } = body;
  const ids = [...Commits, ...PullRequests, ...WorkItems, ...Environments, ...Steps].map(
    ({ ProjectId }) => ProjectId,
  );
  const built = Environments.map(({ Placement }) => Placement?.Build.ProjectId ?? '');
  return projectsOf(body.ADOOrganizationName, [body.ADOProjectId, ...ids, ...built]);
}

export function projectsOfNews({
  ADOOrganizationName,
  ADOProjectId,
  Commits,
  PullRequests,
  WorkItems,
  Placement,
  Since,
}: News): ProjectKey[] {
  const ids = [...Commits, ...PullRequests, ...WorkItems].map(({ ProjectId }) => ProjectId);
  const built = [Placement.Build.ProjectId, Since?.Build.ProjectId ?? ''];
  return projectsOf(ADOOrganizationName, [ADOProjectId, ...ids, ...built]);
}

export function projectsOfChanges(
  { organization, project }: ProjectKey,
  changes: readonly Change[],
): ProjectKey[] {
  const ids = changes.flatMap(({ Placement, MetadataUpdate, Approval, ReadyToDeploy }) => [
    Placement.Build.ProjectId,
    ...[MetadataUpdate, Approval, ReadyToDeploy].map((step) => step?.ProjectId ?? ''),
  ]);
  return projectsOf(organization, [project, ...ids]);
}

/** A cell without a visible placement stays, and says nothing. */
export function environmentsIn(body: Environments, sight: PartialSight): Environments {
  const sees = seesIn(body, sight);
  const cells = body.Cells.map((cell) => ({
    ...cell,
    Current: cell.Current && seesPlacement(cell.Current, sees) ? cell.Current : null,
    Since: cell.Since.filter((placement) => seesPlacement(placement, sees)),
  }));
  return { ...body, Cells: cells.filter(({ Current, Since }) => Current !== null || Since.length > 0) };
}

export function changesIn(body: Changes, sight: PartialSight): Changes {
  const sees = seesIn(body, sight);
  const visibleStep = (step: Step | null): Step | null => (step && sees(step.ProjectId) ? step : null);
  return {
    ...body,
    Changes: body.Changes.filter(({ Placement }) => seesPlacement(Placement, sees)).map((change) => {
      const MetadataUpdate = visibleStep(change.MetadataUpdate);
      const Approval = visibleStep(change.Approval);
      const ReadyToDeploy = visibleStep(change.ReadyToDeploy);
      return {
        ...change,
        MetadataUpdate,
        Approval,
        ReadyToDeploy,
        // They tell of the same repositories.
        ...(change.MetadataUpdate && !MetadataUpdate && { Ring: '', MergedBy: '', SyncedClusters: [] }),
        ...(change.Approval && !Approval && { MergedBy: '' }),
        ...(change.ReadyToDeploy && !ReadyToDeploy && { SyncedClusters: [] }),
      };
    }),
  };
}

export function newsIn(body: News, sight: PartialSight): News {
  const sees = seesIn(body, sight);
  const { Commits, PullRequests, WorkItems, Since } = body;
  const seen = <T extends { readonly ProjectId: string }>(list: readonly T[]): T[] =>
    list.filter(({ ProjectId }) => sees(ProjectId));
  return {
    ...body,
    Since: Since && seesPlacement(Since, sees) ? Since : null,
    Commits: seen(Commits),
    PullRequests: seen(PullRequests),
    WorkItems: seen(WorkItems),
  };
}

/** Steps that followed from hidden ones follow from what those followed from. */
export function whereaboutsIn(body: Whereabouts, sight: PartialSight): Whereabouts {
  const sees = seesIn(body, sight);
  const seen = <T extends { readonly ProjectId: string }>(list: readonly T[]): T[] =>
    list.filter(({ ProjectId }) => sees(ProjectId));
  const pullRequests = new Set(seen(body.PullRequests).map(({ Id }) => `!${Id}`));
  const before = new Map(body.Steps.map(({ Key, After }) => [Key, After]));
  const visible = new Set(seen(body.Steps).map(({ Key }) => Key));
  const visibleBefore = (keys: readonly string[], passed: Set<string>): string[] =>
    keys.flatMap((key) => {
      if (visible.has(key)) return [key];
      if (passed.has(key)) return [];
      passed.add(key);
      return visibleBefore(before.get(key) ?? [], passed);
    });
  return {
    ...body,
    Commits: seen(body.Commits),
    PullRequests: seen(body.PullRequests),
    WorkItems: seen(body.WorkItems),
    Environments: seen(body.Environments).map((presence) => ({
      ...presence,
      Missing: presence.Missing.filter((name) => !name.startsWith('!') || pullRequests.has(name)),
      Placement: presence.Placement && seesPlacement(presence.Placement, sees) ? presence.Placement : null,
    })),
    Steps: seen(body.Steps).map((step) => ({
      ...step,
      After: [...new Set(visibleBefore(step.After, new Set()))],
    })),
  };
}

function seesIn(
  { ADOOrganizationName: organization }: { readonly ADOOrganizationName: string },
  sight: PartialSight,
): Sees {
  return (project) => project === '' || sight.sees({ organization, project });
}

function seesPlacement({ Build }: Placement, sees: Sees): boolean {
  return sees(Build.ProjectId);
}
