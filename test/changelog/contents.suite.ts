/** How changes and work items of builds become rows, against a stand-in of Azure DevOps; run by engine.test.ts. */
import { createAzureDevOps } from '../../azure-devops/client.ts';
import { ContentsReader } from '../../changelog/catch-up/contents-reader.ts';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../support/azure-devops/azure-devops.ts';
import { emptyProject, type Json, type StoredProject } from '../support/azure-devops/records.ts';
import type { TestChangelog } from '../support/changelog/changelog.ts';
import { buildEvent, organization, project } from '../support/changelog/events.ts';

export function contentsSuite(changelog: () => TestChangelog): void {
  describe('changes and work items', () => {
    let devOps: AzureDevOpsStandIn;
    let stored: StoredProject;
    let failures: unknown[] = [];
    let nextBuild = 7500;

    beforeEach(async () => {
      devOps = await startAzureDevOps();
      stored = emptyProject(project, 'web');
      devOps.projects.push(stored);
      // Builds that other suites left in this project would be found too; those of other projects cannot be read.
      await reader().readAll();
      failures = [];
    });
    afterEach(() => devOps.close());

    function reader(): ContentsReader {
      const client = createAzureDevOps({
        organization: { name: organization, url: devOps.url },
        authorization: async () => `Bearer ${devOps.token}`,
        retry: { firstDelayMs: 1 },
      });
      return new ContentsReader({
        database: changelog().layer.database,
        writer: changelog().writer,
        clientOf: () => client,
        onFailure: (build) => build.project === project && failures.push(build),
      });
    }

    async function completeBuild(changes: readonly Json[], workItems: readonly Json[] = []): Promise<number> {
      const buildId = nextBuild++;
      stored.changes.set(buildId, [...changes]);
      stored.workItems.set(buildId, [...workItems]);
      await changelog().deliver(buildEvent({ buildId }));
      return buildId;
    }

    const changesOf = (buildId: number) =>
      changelog().query(
        `BuildChange | where BuildId == ${buildId} | project Position, CommitId, Message, Author, Url, IsWhole, PipelineId, SourceBranch | order by Position asc`,
      );

    it('are read once, however long ago the build ended, and only links are kept as links', async () => {
      const build = await completeBuild(
        [
          {
            id: 'AB12',
            message: 'Fix it\n\nAt last.',
            author: { displayName: 'Ada' },
            timestamp: '2019-10-02T19:00:00Z',
            displayUri: 'https://github.com/fabrikam/web/commit/ab12',
          },
          { id: 'cd34', author: { uniqueName: 'bo@fabrikam.com' }, displayUri: 'javascript:alert(1)' },
        ],
        [{ id: '77' }],
      );
      const reading = reader();
      expect([await reading.readAll(), await reading.readAll()]).toEqual([1, 0]);
      const common = { IsWhole: true, PipelineId: 7, SourceBranch: 'refs/heads/master' };
      expect(await changesOf(build)).toEqual([
        {
          Position: 0,
          CommitId: 'ab12',
          Message: 'Fix it',
          Author: 'Ada',
          Url: 'https://github.com/fabrikam/web/commit/ab12',
          ...common,
        },
        { Position: 1, CommitId: 'cd34', Message: '', Author: 'bo@fabrikam.com', Url: '', ...common },
      ]);
      expect(
        await changelog().query(`BuildWorkItem | where BuildId == ${build} | project WorkItemId, Url`),
      ).toEqual([{ WorkItemId: 77, Url: `${devOps.url}/${project}/_workitems/edit/77` }]);
    });

    it('with 200 changes a build may have more, and one without any is not read again', async () => {
      const full = await completeBuild(Array.from({ length: 200 }, (_, at) => ({ id: `a${at}` })));
      const none = await completeBuild([]);
      expect([await reader().readAll(), await reader().readAll()]).toEqual([2, 0]);
      const changes = await changesOf(full);
      expect(changes).toHaveLength(200);
      expect(new Set(changes.map(({ IsWhole }) => IsWhole))).toEqual(new Set([false]));
      expect(await changesOf(none)).toMatchObject([{ CommitId: '', IsWhole: true }]);
    });

    it('that cannot be read leave the build for later', async () => {
      const build = await completeBuild([{ message: 'without an id' }]);
      expect(await reader().readAll()).toBe(0);
      expect(failures).toEqual([{ organization, project, buildId: build }]);
      stored.changes.set(build, [{ id: 'ee55' }]);
      expect(await reader().readAll()).toBe(1);
    });
  });
}
