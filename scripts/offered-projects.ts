/** The projects of the demonstration as the page offers them, with pull requests and work items that are worth a look. */
import type { Recorder } from '../changelog/demo/hook-events.ts';
import { recordPayments } from '../changelog/demo/payments.ts';
import { recordStorefront } from '../changelog/demo/storefront.ts';
import type { OfferedProject, OfferedPullRequest, OfferedWorkItem } from '../devhost/server.ts';

const mostOffered = 12;

/** The newest pull requests and work items of each project. */
export function offeredProjects(now = new Date()): OfferedProject[] {
  return [recordStorefront(now), recordPayments(now)].map((recorder) => ({
    organization: recorder.project.organization,
    project: recorder.project.id,
    name: recorder.project.name,
    pullRequests: pullRequestsOf(recorder),
    workItems: workItemsOf(recorder),
  }));
}

function pullRequestsOf({ events }: Recorder): OfferedPullRequest[] {
  return events
    .filter(({ eventType }) => eventType === 'git.pullrequest.merged')
    .map(({ resource, createdDate }) => ({ ...(resource as Merged), time: String(createdDate) }))
    .toSorted((one, other) => other.time.localeCompare(one.time))
    .slice(0, mostOffered)
    .map(({ pullRequestId, repository, title }) => ({
      id: pullRequestId,
      repositoryId: repository.id,
      // Without the build number, which depends on the day on which the data was made.
      title: `${title.replace(/ \d{8}\.\d+$/, '')} (${repository.name})`,
    }));
}

interface Merged {
  readonly pullRequestId: number;
  readonly title: string;
  readonly repository: { readonly id: string; readonly name: string };
}

function workItemsOf({ contents }: Recorder): OfferedWorkItem[] {
  const newest = contents.toSorted(
    (one, other) => other.build.created.getTime() - one.build.created.getTime(),
  );
  const titles = new Map<number, string>();
  for (const { build, workItems } of newest)
    for (const id of workItems) if (!titles.has(id)) titles.set(id, `An item of ${build.repository.name}`);
  return [...titles].slice(0, mostOffered).map(([id, title]) => ({ id, title }));
}
