/** How the jobs of a stage become the entities of its deployment; run by engine.test.ts. */
import type { TestChangelog } from '../support/changelog/changelog.ts';
import { type JobParts, jobEvent, organization, project, stageEvent } from '../support/changelog/events.ts';
import { receivedJob, receivedStage } from '../support/changelog/received-events.ts';

export function jobSuite(changelog: () => TestChangelog): void {
  let nextRun = 9000;
  const at = (second: number) => `2024-01-01T00:00:${String(second).padStart(2, '0')}.0000001Z`;

  /** Tells stages and jobs of one run. */
  function newRun() {
    const run = { runId: nextRun++, stageName: 'deploy' };
    const named = { ...run, runName: `run.${run.runId}` };
    return {
      stage: (second: number, stageState: string, stageResult?: string, attempt = 1) =>
        stageEvent({ ...named, stageState, stageResult, attempt, createdDate: at(second) }),
      /** A job's event carries its stage, which is running unless told otherwise. */
      job: (jobName: string, second: number, jobState: string, parts: JobParts = {}) =>
        jobEvent({ ...named, jobName, jobState, attempt: 1, createdDate: at(second), ...parts }),
      deployment: async () => {
        await changelog().map();
        const [deployment] = await changelog().layer.build2Deployment({
          organization,
          project,
          id: run.runId,
        });
        return deployment;
      },
      entities: async () => {
        await changelog().map();
        const id = `${organization}/${project}/${run.runId}/deploy`;
        const rows = await changelog().layer.entities('azurepipelines', id);
        return rows.map(({ EntityType, EntityId, State }) => `${EntityType} ${EntityId} ${State}`);
      },
    };
  }

  describe('a stage whose jobs are reported', () => {
    it('is made of its jobs, and not of itself', async () => {
      const { stage, job, deployment, entities } = newRun();
      await changelog().deliver(
        stage(10, 'running'),
        job('eastus', 20, 'completed', { jobResult: 'succeeded' }),
        job('westus', 21, 'running'),
      );
      expect(await entities()).toEqual(['job westus inProgress', 'job eastus succeeded']);
      expect(await deployment()).toMatchObject({
        State: 'inProgress',
        Progress: { Total: 2, Succeeded: 1, InProgress: 1 },
      });
    });

    it('counts nothing twice that was mapped before its jobs were reported', async () => {
      const { stage, job, deployment, entities } = newRun();
      await changelog().deliver(stage(10, 'running'));
      expect(await entities()).toEqual(['stage deploy inProgress']);
      expect(await deployment()).toMatchObject({ Progress: { Total: 1, InProgress: 1 } });
      await changelog().deliver(
        job('deploy', 20, 'completed', { jobResult: 'succeeded' }),
        stage(21, 'completed', 'succeeded'),
      );
      expect(await entities()).toEqual(['job deploy succeeded']);
      expect(await deployment()).toMatchObject({
        State: 'succeeded',
        EntityType: 'job',
        EndTime: expect.stringContaining('00:00:21'),
        Progress: { Total: 1, Succeeded: 1 },
      });
    });

    it('is not done between two jobs', async () => {
      const { stage, job, deployment } = newRun();
      await changelog().deliver(
        stage(10, 'running'),
        job('one', 20, 'completed', { jobResult: 'succeeded' }),
      );
      expect(await deployment()).toMatchObject({
        State: 'inProgress',
        EndTime: null,
        Progress: { Total: 1, Succeeded: 1 },
      });
    });

    it('has failed with its stage even if every known job succeeded', async () => {
      const { stage, job, deployment } = newRun();
      await changelog().deliver(
        job('one', 20, 'completed', { jobResult: 'succeeded' }),
        stage(30, 'completed', 'failed'),
      );
      expect(await deployment()).toMatchObject({ State: 'failed', Progress: { Total: 1, Failed: 0 } });
    });

    it('leaves out a job that was skipped, even one that was to come before', async () => {
      const { stage, job, entities, deployment } = newRun();
      await changelog().deliver(
        stage(10, 'running'),
        job('notify', 11, 'notStarted'),
        job('one', 12, 'completed', { jobResult: 'succeeded' }),
      );
      expect(await entities()).toEqual(['job notify notStarted', 'job one succeeded']);
      await changelog().deliver(
        job('notify', 20, 'completed', { jobResult: 'skipped' }),
        stage(21, 'completed', 'succeeded'),
      );
      expect(await entities()).toEqual(['job one succeeded']);
      expect(await deployment()).toMatchObject({ State: 'succeeded', Progress: { Total: 1 } });
    });

    it('goes on with the next attempt of a job, and keeps the one before it if that is skipped', async () => {
      const { stage, job, entities } = newRun();
      await changelog().deliver(
        job('one', 20, 'completed', { jobResult: 'failed' }),
        job('two', 20, 'completed', { jobResult: 'succeeded' }),
        stage(21, 'completed', 'failed'),
      );
      expect(await entities()).toEqual(['job one failed', 'job two succeeded']);
      await changelog().deliver(
        stage(30, 'running', undefined, 2),
        job('one', 31, 'running', { attempt: 2 }),
        job('two', 31, 'completed', { attempt: 2, jobResult: 'skipped' }),
      );
      expect(await entities()).toEqual(['job one inProgress', 'job two succeeded']);
      await changelog().deliver(
        job('one', 40, 'completed', { attempt: 2, jobResult: 'succeeded' }),
        stage(41, 'completed', 'succeeded', 2),
      );
      expect(await entities()).toEqual(['job one succeeded', 'job two succeeded']);
    });

    it('gives a job whose end was lost the result of its stage, until the end arrives after all', async () => {
      const { stage, job, entities } = newRun();
      await changelog().deliver(job('one', 20, 'running'), stage(30, 'completed', 'failed'));
      expect(await entities()).toEqual(['job one failed']);
      await changelog().deliver(stage(40, 'running', undefined, 2), stage(50, 'completed', 'succeeded', 2));
      expect(await entities()).toEqual(['job one succeeded']);
      await changelog().deliver(job('one', 29, 'completed', { jobResult: 'canceled' }));
      expect(await entities()).toEqual(['job one canceled']);
    });

    it('has the same jobs in whatever order their events arrive', async () => {
      const { stage, job, entities } = newRun();
      await changelog().deliver(stage(30, 'completed', 'succeeded'));
      await changelog().map();
      await changelog().deliver(job('one', 20, 'completed', { jobResult: 'succeeded' }));
      await changelog().map();
      await changelog().deliver(job('one', 25, 'running'), job('one', 5, 'notStarted'));
      expect(await entities()).toEqual(['job one succeeded']);
    });
  });

  it('jobs are read as people received them', async () => {
    await changelog().deliver(receivedJob, receivedStage);
    await changelog().map();
    const [build] = await changelog().layer.payload2Build('azurepipelines', 'Flywheel=20250905.4');
    const id = `${build?.OrganizationName}/${build?.ProjectId}/5168/Deploy`;
    expect(await changelog().layer.entities('azurepipelines', id)).toMatchObject([
      {
        EntityType: 'job',
        EntityId: 'Deploy to Production',
        State: 'succeeded',
        Payload: 'flywheel=20250905.4',
        StartTime: '2025-09-05T17:22:08.5966667Z',
        EndTime: '2025-09-05T17:22:14.1266667Z',
      },
    ]);
  });
}
