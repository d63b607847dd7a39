/** How the environments that stages deploy to come to light without an approval; run by engine.test.ts. */
import { createAzureDevOps } from '../../azure-devops/client.ts';
import { EnvironmentReader } from '../../changelog/catch-up/environment-reader.ts';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../support/azure-devops/azure-devops.ts';
import { aDeployment, type Json, type StoredProject } from '../support/azure-devops/records.ts';
import type { TestChangelog } from '../support/changelog/changelog.ts';
import { type StageParts, stageEvent } from '../support/changelog/events.ts';

export function environmentSuite(changelog: () => TestChangelog): void {
  describe('environments of stages', () => {
    let standIn: AzureDevOpsStandIn;
    let webshop: StoredProject;
    let production: Json[];
    let failures: unknown[];
    let now: number;
    let reader: EnvironmentReader;

    beforeEach(async () => {
      standIn = await startAzureDevOps();
      // Every test has a project of its own in the one database.
      webshop = standIn.addProject('webshop');
      production = [];
      webshop.environments.push(
        { id: 1, name: 'test', deployments: [] },
        { id: 2, name: 'production', deployments: production },
      );
      failures = [];
      now = Date.now();
      reader = new EnvironmentReader({
        database: changelog().layer.database,
        writer: changelog().writer,
        clientOf: () =>
          createAzureDevOps({
            organization: { name: 'Contoso', url: standIn.url },
            authorization: async () => `Bearer ${standIn.token}`,
          }),
        onFailure: ({ project }, error) => {
          if (project === webshop.id) failures.push(error);
        },
        now: () => now,
      });
      // What other tests have left behind is looked up here, and not in the test.
      await reader.readAll();
      failures.length = 0;
      standIn.requests.length = 0;
    });
    afterEach(() => standIn.close());

    const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

    function deliver(stageName: string, parts: StageParts = {}): Promise<void> {
      const baseUrl = 'https://dev.azure.com/contoso/';
      const containers = { collection: { baseUrl }, project: { id: webshop.id, baseUrl } };
      const stage = { runId: 5, runName: 'run.5', createdDate: ago(3), stageName, containers };
      return changelog().deliver(stageEvent({ ...stage, ...parts }));
    }

    const deployed = (stageName: string, fields: Json = {}) =>
      aDeployment(5, stageName, { queueTime: ago(2), ...fields });

    const requestsFor = (path: string) =>
      standIn.requests.filter((request) => request.path.includes(path)).length;

    async function deployments() {
      await changelog().map();
      return changelog().layer.build2Deployment({ organization: 'contoso', project: webshop.id, id: 5 });
    }

    it('make them deployments, whatever their name', async () => {
      await deliver('eu');
      await deliver('compile');
      expect(await deployments()).toMatchObject([{ DeploymentId: '' }]);
      production.push(deployed('eu'));
      expect(await reader.readAll()).toBe(1);
      expect(await deployments()).toMatchObject([
        {
          DeploymentId: `contoso/${webshop.id}/5/eu`,
          ChangeState: 'running',
          MetaData: expect.stringContaining('"Environment":"production"'),
        },
      ]);
    });

    it('are found for a stage of which only the end is known', async () => {
      await deliver('eu', { stageState: 'completed', stageResult: 'succeeded' });
      production.push(deployed('eu', { queueTime: ago(90) }));
      expect(await reader.readAll()).toBe(1);
      expect(await deployments()).toMatchObject([
        {
          DeploymentId: `contoso/${webshop.id}/5/eu`,
          StartTime: expect.stringContaining(ago(90).slice(0, 19)),
        },
      ]);
    });

    it('are found if a record has the display name', async () => {
      await deliver('eu', { stageDisplayName: 'Europe, West' });
      production.push(deployed('Europe, West'));
      expect(await reader.readAll()).toBe(1);
      expect(await deployments()).toMatchObject([{ DeploymentId: `contoso/${webshop.id}/5/eu` }]);
    });

    it('are requested once for each event, and regularly while the stage runs', async () => {
      await deliver('compile');
      await reader.readAll();
      expect(requestsFor('environmentdeploymentrecords')).toBe(2);
      await reader.readAll();
      expect(requestsFor('environmentdeploymentrecords')).toBe(2);
      now += 10 * 60_000;
      await reader.readAll();
      expect(requestsFor('environmentdeploymentrecords')).toBe(4);
      await deliver('compile', { stageState: 'completed', stageResult: 'succeeded', createdDate: ago(0) });
      await reader.readAll();
      expect(requestsFor('environmentdeploymentrecords')).toBe(6);
      now += 20 * 60_000;
      await reader.readAll();
      expect(requestsFor('environmentdeploymentrecords')).toBe(6);
    });

    it('are read no further back than the start of the stages', async () => {
      await deliver('eu');
      standIn.pageSize = 2;
      const old = [1, 2, 3, 4].map((minutes) => deployed('eu', { queueTime: ago(60 + minutes) }));
      production.push(deployed('eu'), ...old);
      await reader.readAll();
      expect(requestsFor('environments/2/')).toBe(1);
    });

    it('are not requested again in a project where that is forbidden', async () => {
      standIn.answerNext([{ status: 403 }], ({ path }) => path.endsWith('environments'));
      await deliver('eu');
      expect(await reader.readAll()).toBe(0);
      expect(failures).toMatchObject([{ kind: 'forbidden' }]);
      await deliver('us');
      await reader.readAll();
      expect(requestsFor('environments')).toBe(1);
    });

    it('are requested again after a transient failure', async () => {
      standIn.answerNext([{ body: 'not a list' }], ({ path }) => path.endsWith('environments'));
      await deliver('eu');
      production.push(deployed('eu'));
      expect(await reader.readAll()).toBe(0);
      expect(failures).toMatchObject([{ kind: 'invalidAnswer' }]);
      expect(await reader.readAll()).toBe(1);
    });
  });
}
