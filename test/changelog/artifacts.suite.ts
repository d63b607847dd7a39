/** How artifacts of builds become rows, against a stand-in of Azure DevOps; run by engine.test.ts. */
import { createAzureDevOps } from '../../azure-devops/client.ts';
import { ArtifactReader } from '../../changelog/catch-up/artifact-reader.ts';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../support/azure-devops/azure-devops.ts';
import { emptyProject, type Json, type StoredProject } from '../support/azure-devops/records.ts';
import type { TestChangelog } from '../support/changelog/changelog.ts';
import { buildEvent, organization, project } from '../support/changelog/events.ts';
import { until } from '../support/until.ts';

export function artifactSuite(changelog: () => TestChangelog): void {
  describe('artifacts', () => {
    let devOps: AzureDevOpsStandIn;
    let stored: StoredProject;
    let failures: { build: unknown; error: unknown }[];
    let nextBuild = 7000;

    beforeEach(async () => {
      devOps = await startAzureDevOps();
      stored = emptyProject(project, 'web');
      devOps.projects.push(stored);
      failures = [];
      // Builds of other suites would be found too.
      await reader(async () => []).readAll();
    });
    afterEach(() => devOps.close());

    function reader(artifacts?: () => Promise<readonly []>): ArtifactReader {
      const client = createAzureDevOps({
        organization: { name: organization, url: devOps.url },
        authorization: async () => `Bearer ${devOps.token}`,
        retry: { firstDelayMs: 1 },
      });
      return new ArtifactReader({
        database: changelog().layer.database,
        writer: changelog().writer,
        clientOf: () => (artifacts ? { ...client, artifacts } : client),
        onFailure: (build, error) => failures.push({ build, error }),
      });
    }

    async function completeBuild(artifacts: readonly Json[]): Promise<number> {
      const buildId = nextBuild++;
      stored.artifacts.set(buildId, [...artifacts]);
      await changelog().deliver(buildEvent({ buildId, createdDate: new Date().toISOString() }));
      return buildId;
    }

    const rowsOf = (buildId: number): Promise<unknown> =>
      changelog().query(
        `BuildArtifact | where BuildId == ${buildId} | project BuildArtifactName, ResourceData | order by BuildArtifactName asc`,
      );

    it('are read once, each under its name, and one on a share as the drop location too', async () => {
      const share = '\\\\drops\\web\\1';
      const build = await completeBuild([
        { name: 'drop', resource: { type: 'FilePath', data: share } },
        { name: 'logs', resource: { type: 'Container', data: '#/77/logs' } },
      ]);
      const reading = reader();
      expect([await reading.readAll(), await reading.readAll()]).toEqual([1, 0]);
      expect(await rowsOf(build)).toEqual([
        { BuildArtifactName: 'BuildDropLocation', ResourceData: share },
        { BuildArtifactName: 'drop', ResourceData: share },
        { BuildArtifactName: 'logs', ResourceData: '#/77/logs' },
      ]);
    });

    it('leave an empty row where a build has none', async () => {
      const build = await completeBuild([]);
      expect(await reader().readAll()).toBe(1);
      expect(await rowsOf(build)).toEqual([{ BuildArtifactName: '', ResourceData: '' }]);
    });

    it('that must not be read are tried again only after a restart', async () => {
      const build = await completeBuild([{ name: 'drop', resource: { data: 'x' } }]);
      devOps.answerNext([{ status: 403 }]);
      const reading = reader();
      expect([await reading.readAll(), await reading.readAll()]).toEqual([0, 0]);
      expect(failures).toEqual([
        {
          build: { organization, project, buildId: build },
          error: expect.objectContaining({ kind: 'forbidden' }),
        },
      ]);
      expect(await reader().readAll()).toBe(1);
    });

    it('are tried again at the next reading after an outage, which does not delay other builds', async () => {
      const first = await completeBuild([{ name: 'one', resource: {} }]);
      await completeBuild([{ name: 'two', resource: {} }]);
      devOps.answerNext(
        Array.from({ length: 20 }, () => ({ status: 500 })),
        ({ path }) => path.includes(`/${first}/`),
      );
      const reading = reader();
      expect(await reading.readAll()).toBe(1);
      expect(failures).toHaveLength(1);
      await until(() => reading.readAll());
      expect(await rowsOf(first)).toEqual([{ BuildArtifactName: 'one', ResourceData: '' }]);
    });
  });
}
