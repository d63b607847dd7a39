/** How stages and releases become deployments; run by engine.test.ts. */

import { deploymentState } from '../../api/states.ts';
import { artifactRows } from '../../changelog/catch-up/artifact-reader.ts';
import type { TestChangelog } from '../support/changelog/changelog.ts';
import {
  approvalEvent,
  buildEvent,
  organization,
  project,
  releaseDeploymentEvent,
  runEvent,
  type StageParts,
  stageEvent,
} from '../support/changelog/events.ts';
import {
  ofServer,
  receivedReleaseCompleted,
  receivedReleaseStarted,
  serverProject,
} from '../support/changelog/received-events.ts';

export function deploymentSuite(changelog: () => TestChangelog): void {
  let nextRun = 5000;

  const at = (second: number) => `2024-01-01T00:00:${String(second).padStart(2, '0')}.0000001Z`;

  /** A stage of a run of its own name, so that runs do not share a payload. */
  function stageOf(runId: number, parts: StageParts): unknown {
    return stageEvent({ runId, runName: `run.${runId}`, stageName: 'deploy', ...parts });
  }

  async function deploymentsOf(
    id: number,
    inProject = project,
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    await changelog().map();
    return changelog().layer.build2Deployment({ organization, project: inProject, id });
  }

  describe('a stage that deploys', () => {
    it('is a deployment of its build, with state, times, owner, link and payload', async () => {
      const runId = nextRun++;
      await changelog().deliver(
        stageOf(runId, { stageState: 'running', createdDate: at(10) }),
        stageOf(runId, { stageState: 'completed', stageResult: 'succeeded', createdDate: at(20) }),
      );
      expect(await deploymentsOf(runId)).toEqual([
        {
          DeploymentId: `${organization}/${project}/${runId}/deploy`,
          DeploymentUrl: `https://dev.azure.com/${organization}/${project}/_build/results?buildId=${runId}&view=logs&s=96ac2280-8cb4-5df5-99de-dd2da759617d`,
          StartTime: at(10),
          EndTime: at(20),
          LastUpdatedTime: at(20),
          State: 'succeeded',
          ChangeState: 'succeeded',
          EntityType: 'stage',
          Progress: expect.objectContaining({ Total: 1, Succeeded: 1 }),
          Found: true,
          Source: 'azurepipelines',
          ChangeOwner: 'web-app',
          ChangeOwnerType: 'Pipeline',
          MetaData: expect.stringContaining('"Attempt":1'),
          Payloads: [
            {
              Id: `web-app=run.${runId}`,
              ProgressionLink: `https://dev.azure.com/${organization}/${project}/_build/results?buildId=${runId}`,
            },
          ],
        },
      ]);
    });

    it('is found by D2B and by the name of its run through P2B', async () => {
      const runId = nextRun++;
      await changelog().deliver(stageOf(runId, {}));
      await changelog().map();
      const build = { OrganizationName: organization, ProjectId: project, Id: String(runId), Source: 'ado' };
      const id = `${organization}/${project}/${runId}/Deploy`;
      expect(await changelog().layer.deployment2Build('azurepipelines', id)).toMatchObject([build]);
      const payload = `Web-App=RUN.${runId}`;
      expect(await changelog().layer.payload2Build('azurepipelines', payload)).toMatchObject([build]);
    });

    it('is in progress while it runs, and follows its stage whatever the order of events', async () => {
      const runId = nextRun++;
      await changelog().deliver(stageOf(runId, { stageState: 'running', createdDate: at(30) }));
      expect(await deploymentsOf(runId)).toMatchObject([{ ChangeState: 'running', EndTime: null }]);
      await changelog().deliver(
        stageOf(runId, { stageState: 'completed', stageResult: 'failed', createdDate: at(20) }),
        stageOf(runId, { stageState: 'waiting', createdDate: at(5) }),
      );
      expect(await deploymentsOf(runId)).toMatchObject([
        { ChangeState: 'failed', EndTime: at(20), StartTime: at(5) },
      ]);
    });

    it('continues when it is rerun, and ends as its latest attempt does', async () => {
      const runId = nextRun++;
      const failed = { stageState: 'completed', stageResult: 'failed', attempt: 1, createdDate: at(20) };
      await changelog().deliver(stageOf(runId, { attempt: 1, createdDate: at(10) }), stageOf(runId, failed));
      expect(await deploymentsOf(runId)).toMatchObject([{ ChangeState: 'failed' }]);
      await changelog().deliver(stageOf(runId, { attempt: 2, createdDate: at(30) }));
      expect(await deploymentsOf(runId)).toMatchObject([{ ChangeState: 'running', EndTime: null }]);
      const succeeded = {
        stageState: 'completed',
        stageResult: 'succeeded',
        attempt: 2,
        createdDate: at(40),
      };
      await changelog().deliver(stageOf(runId, succeeded), stageOf(runId, failed));
      expect(await deploymentsOf(runId)).toMatchObject([
        { ChangeState: 'succeeded', StartTime: at(10), EndTime: at(40) },
      ]);
    });

    it('keeps the state of the attempt before it if it is rerun and skipped', async () => {
      const runId = nextRun++;
      const attempt = (number: number, state: string, result: string | undefined, second: number) =>
        stageOf(runId, {
          attempt: number,
          stageState: state,
          stageResult: result,
          createdDate: at(second),
        });
      await changelog().deliver(
        attempt(1, 'running', undefined, 10),
        attempt(1, 'completed', 'succeeded', 20),
        attempt(2, 'waiting', undefined, 30),
      );
      expect(await deploymentsOf(runId)).toMatchObject([{ ChangeState: 'waitingForApproval' }]);
      await changelog().deliver(attempt(2, 'completed', 'skipped', 40));
      expect(await deploymentsOf(runId)).toMatchObject([
        {
          ChangeState: 'succeeded',
          StartTime: at(10),
          EndTime: at(20),
          MetaData: expect.stringContaining('"Attempt":1'),
        },
      ]);
      const stages = await changelog().query(
        `GetRunStages_v1('${organization}', '${project}', ${runId}) | project StageName, Attempt, Result`,
      );
      expect(stages).toEqual([{ StageName: 'deploy', Attempt: 1, Result: 'succeeded' }]);
    });

    it.each(['succeededWithIssues', 'partiallySucceeded'])(
      'has succeeded if its result is %s',
      async (result) => {
        const runId = nextRun++;
        await changelog().deliver(stageOf(runId, { stageState: 'completed', stageResult: result }));
        const [deployment] = await deploymentsOf(runId);
        expect(deploymentState(String(deployment?.ChangeState))).toBe('succeeded');
      },
    );

    describe('of which only the end is known', () => {
      const ended = { stageState: 'completed', stageResult: 'succeeded', createdDate: at(40) };

      it('began when it ended, for all that is known', async () => {
        const runId = nextRun++;
        await changelog().deliver(stageOf(runId, ended));
        expect(await deploymentsOf(runId)).toMatchObject([
          {
            ChangeState: 'succeeded',
            StartTime: at(40),
            EndTime: at(40),
            MetaData: expect.stringContaining('"StartEstimated":true'),
          },
        ]);
      });

      it('began with its run, if that is known', async () => {
        const runId = nextRun++;
        const createdDate = '2019-10-02T19:53:59.1253171Z';
        await changelog().deliver(runEvent({ runId, runName: `run.${runId}` }), stageOf(runId, ended));
        expect(await deploymentsOf(runId)).toMatchObject([{ StartTime: createdDate, EndTime: at(40) }]);
      });

      it('began when its environment recorded it, if that is known', async () => {
        const runId = nextRun++;
        await changelog().deliver(
          runEvent({ runId, runName: `run.${runId}` }),
          stageOf(runId, { ...ended, stageName: 'eu' }),
        );
        expect(await deploymentsOf(runId)).toMatchObject([{ DeploymentId: '' }]);
        const approval = approvalEvent(
          'pending',
          { run: { id: runId }, stage: { name: 'eu' } },
          { createdDate: at(30) },
        );
        await changelog().deliver(approval);
        expect(await deploymentsOf(runId)).toMatchObject([{ StartTime: at(30), EndTime: at(40) }]);
      });

      it('has its real start once the lost event arrives', async () => {
        const runId = nextRun++;
        await changelog().deliver(stageOf(runId, ended));
        expect(await deploymentsOf(runId)).toMatchObject([{ StartTime: at(40) }]);
        await changelog().deliver(stageOf(runId, { createdDate: at(10) }));
        expect(await deploymentsOf(runId)).toMatchObject([
          { StartTime: at(10), MetaData: expect.not.stringContaining('StartEstimated') },
        ]);
      });

      it.each(['skipped', 'canceled'])('is not a deployment if it was %s', async (stageResult) => {
        const runId = nextRun++;
        await changelog().deliver(stageOf(runId, { ...ended, stageResult }));
        expect(await deploymentsOf(runId)).toMatchObject([{ DeploymentId: '' }]);
      });
    });

    it('is known by ids where events leave out names, and found by the payload that it then has', async () => {
      const runId = nextRun++;
      const event = JSON.parse(JSON.stringify(stageOf(runId, {})));
      delete event.resource.run.name;
      delete event.resource.pipeline.name;
      await changelog().deliver(event);
      expect(await deploymentsOf(runId)).toMatchObject([
        { ChangeState: 'running', Payloads: [{ Id: `7=${runId}` }] },
      ]);
      const builds = await changelog().layer.payload2Build('azurepipelines', `7=${runId}`);
      expect(builds).toMatchObject([{ Id: String(runId) }]);
    });

    it('on a server is found by server and collection, and links to the server', async () => {
      const runId = nextRun++;
      const collection = 'http://tfs.example.com:8080/tfs/My Team_1';
      const server = 'tfs.example.com:8080/tfs/my team_1';
      await changelog().deliver(ofServer(stageOf(runId, {}) as Record<string, unknown>, collection));
      await changelog().map();
      const link = `http://tfs.example.com:8080/tfs/My%20Team_1/${serverProject}/_build/results?buildId=${runId}`;
      const id = `${server}/${serverProject}/${runId}/deploy`;
      const build = { organization: 'TFS.example.com:8080/tfs/My Team_1', project: serverProject, id: runId };
      expect(await changelog().layer.build2Deployment(build)).toMatchObject([
        { DeploymentId: id, DeploymentUrl: expect.stringContaining(link) },
      ]);
      const found = [{ OrganizationName: server, ProjectId: serverProject, Id: String(runId), Url: link }];
      expect(await changelog().layer.deployment2Build('azurepipelines', id)).toMatchObject(found);
      const payload = `web-app=run.${runId}`;
      expect(await changelog().layer.payload2Build('azurepipelines', payload)).toMatchObject(found);
      const elsewhere = { organization: 'my team_1', project: serverProject, id: runId };
      expect(await changelog().layer.build2Deployment(elsewhere)).toEqual([]);
    });

    it('waits for approval as long as the stage does', async () => {
      const runId = nextRun++;
      await changelog().deliver(stageOf(runId, { stageState: 'waiting' }));
      expect(await deploymentsOf(runId)).toMatchObject([
        { ChangeState: 'waitingForApproval', EndTime: null },
      ]);
    });

    it('is not a deployment if it was skipped', async () => {
      const runId = nextRun++;
      await changelog().deliver(
        stageOf(runId, { stageState: 'notStarted', createdDate: at(1) }),
        stageOf(runId, { stageState: 'completed', stageResult: 'skipped', createdDate: at(2) }),
      );
      expect(await deploymentsOf(runId)).toMatchObject([{ DeploymentId: '' }]);
    });

    it('is recognised by its name, or by an environment that becomes known later', async () => {
      const runId = nextRun++;
      await changelog().deliver(stageOf(runId, { stageName: 'eu' }), stageOf(runId, { stageName: 'build' }));
      expect(await deploymentsOf(runId)).toMatchObject([{ DeploymentId: '' }]);
      await changelog().deliver(approvalEvent('pending', { run: { id: runId }, stage: { name: 'eu' } }));
      expect(await deploymentsOf(runId)).toMatchObject([
        {
          DeploymentId: `${organization}/${project}/${runId}/eu`,
          MetaData: expect.stringContaining('production'),
        },
      ]);
    });

    it('keeps its payload together when the run is renamed', async () => {
      const runId = nextRun++;
      await changelog().deliver(
        stageOf(runId, { createdDate: at(1) }),
        stageOf(runId, {
          runName: `renamed.${runId}`,
          stageState: 'completed',
          stageResult: 'succeeded',
          createdDate: at(2),
        }),
      );
      expect(await deploymentsOf(runId)).toMatchObject([
        { ChangeState: 'succeeded', Payloads: [{ Id: `web-app=renamed.${runId}` }] },
      ]);
      for (const name of ['run', 'renamed']) {
        const builds = await changelog().layer.payload2Build('azurepipelines', `web-app=${name}.${runId}`);
        expect(builds).toMatchObject([{ Id: String(runId) }]);
      }
    });
  });

  describe('a build that a deploying run consumed', () => {
    const otherProject = '2d1dd9c1-0000-4000-8000-000000000001';
    const upstreamPipeline = {
      id: 3,
      name: 'images',
      url: `https://dev.azure.com/${organization}/${otherProject}/_apis/pipelines/3`,
    };

    function upstreamRun(runId: number): unknown {
      const containers = {
        collection: { baseUrl: `https://dev.azure.com/${organization}/` },
        project: { id: otherProject },
      };
      return runEvent({
        runId,
        runName: `image.${runId}`,
        pipelineId: 3,
        pipelineName: 'images',
        containers,
      });
    }

    function deployingRun(runId: number, upstream: number): unknown {
      const resources = {
        pipelines: { images: { pipeline: upstreamPipeline, version: `image.${upstream}` } },
      };
      return runEvent({ runId, runName: `run.${runId}`, resources });
    }

    it.each(['before', 'after'])('has the deployment too, when it is heard of %s that run', async (when) => {
      const [upstream, runId] = [nextRun++, nextRun++];
      const events = [upstreamRun(upstream), deployingRun(runId, upstream)];
      for (const event of when === 'before' ? events : events.reverse()) {
        await changelog().deliver(event);
        await changelog().map();
      }
      await changelog().deliver(stageOf(runId, {}));
      const deployment = {
        DeploymentId: `${organization}/${project}/${runId}/deploy`,
        Payloads: [{ Id: `web-app=run.${runId}` }],
      };
      expect(await deploymentsOf(upstream, otherProject)).toMatchObject([deployment]);
      const builds = await changelog().layer.deployment2Build('azurepipelines', deployment.DeploymentId);
      expect(builds.map(({ Id }) => Id).sort()).toEqual([String(upstream), String(runId)].sort());
    });
  });

  describe('a classic release', () => {
    it('is a deployment of the builds among its artifacts', async () => {
      const [buildId, releaseId] = [nextRun++, nextRun++];
      const artifact = {
        type: 'Build',
        definitionReference: { project: { id: project }, version: { id: String(buildId) } },
      };
      const release = { releaseDefinition: { id: 1, name: 'Fabrikam.CD' }, artifacts: [artifact] };
      const environment = (status: string) => ({
        id: 5,
        name: 'Pre production',
        status,
        release: { id: releaseId, name: `Release-${releaseId}` },
      });
      await changelog().deliver(
        buildEvent({ buildId, buildNumber: `b.${buildId}` }),
        releaseDeploymentEvent(
          'completed',
          { release, environment: environment('rejected') },
          { createdDate: at(20) },
        ),
        releaseDeploymentEvent(
          'started',
          { release, environment: environment('inProgress') },
          { createdDate: at(10) },
        ),
      );
      expect(await deploymentsOf(buildId)).toMatchObject([
        {
          DeploymentId: `${organization}/${project}/release-${releaseId}/Pre production`,
          ChangeState: 'rejected',
          EndTime: at(20),
          Payloads: [{ Id: `fabrikam.cd=release-${releaseId}` }],
        },
      ]);
    });
  });

  describe('a classic release as people received it', () => {
    it('is one deployment under the names that Azure DevOps sent, and has succeeded in part', async () => {
      await changelog().deliver(receivedReleaseStarted, receivedReleaseCompleted);
      await changelog().map();
      const [build] = await changelog().layer.payload2Build('azurepipelines', 'shop cd=release-430');
      expect(build).toMatchObject({ OrganizationName: 'fabrikam', Id: '479' });
      const [deployment, ...others] = await changelog().layer.build2Deployment({
        organization: 'fabrikam',
        project: String(build?.ProjectId),
        id: 479,
      });
      expect(others).toEqual([]);
      expect(deployment).toMatchObject({
        DeploymentId: expect.stringMatching(/\/release-2214\/Test$/),
        ChangeState: 'partiallySucceeded',
        ChangeOwner: 'ada@fabrikam.com',
        EndTime: '2020-01-29T14:31:02.9700000Z',
        MetaData: expect.stringContaining('"Attempt":2'),
      });
      expect(deploymentState(String(deployment?.ChangeState))).toBe('succeeded');
    });
  });

  describe('artifacts of a build', () => {
    it('become rows under their names, those on a share as the drop location too', () => {
      const build = { organization, project, buildId: 5 };
      const share = String.raw`\\reddog\builds\branches\main\1.0`;
      const rows = artifactRows(build, [
        { name: 'drop', resource: { type: 'FilePath', data: share } },
        { name: 'logs', resource: { type: 'Container', data: '#/1/logs' } },
      ]);
      expect(rows.map(({ row }) => [row.BuildArtifactName, row.ResourceData])).toEqual([
        ['drop', share],
        ['BuildDropLocation', share],
        ['logs', '#/1/logs'],
      ]);
    });
  });
}
