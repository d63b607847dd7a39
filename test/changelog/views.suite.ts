/** What the latest-state views say, and the changelog that people read; run by engine.test.ts. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { eventTables } from '../../changelog/events/catalogue.ts';
import { eventsSeen } from '../../changelog/queries/events-seen.ts';
import type { TestChangelog } from '../support/changelog/changelog.ts';
import {
  approvalEvent,
  buildEvent,
  jobEvent,
  organization,
  project,
  pullRequestEvent,
  pushEvent,
  releaseDeploymentEvent,
  runEvent,
  stageEvent,
} from '../support/changelog/events.ts';

export function viewSuite(changelog: () => TestChangelog): void {
  let nextRun = 1000;

  const at = (second: number) => `2024-01-01T00:00:${String(second).padStart(2, '0')}.0000001Z`;

  async function stateOf(view: string, runId: number, columns = 'State, Result'): Promise<unknown[]> {
    return changelog().query(`${view} | where RunId == ${runId} | project ${columns}`);
  }

  describe("the changelog's own examples", () => {
    it('come out of the tables as jq extracts them, to the last digit of the time', async () => {
      await changelog().deliver(
        runEvent({ message: 'Run 20191002.2 in progress.' }),
        buildEvent({ message: 'Build 20191002.2 succeeded' }),
        stageEvent({
          runId: 480,
          runName: '20191002.3',
          createdDate: '2019-10-02T20:10:39.1376851Z',
          message: 'Run 20191002.3 stage build running.',
        }),
        buildEvent({
          buildId: 481,
          buildNumber: '20191002.4',
          resource: {
            status: 'completed',
            result: 'succeeded',
            startTime: '2019-10-02T21:56:04.844615Z',
            finishTime: '2019-10-02T22:00:04.8462149Z',
          },
        }),
      );
      const started = 'RunEvent | project CreatedDate, Message, PipelineId, RunName, RunId';
      expect(await changelog().query(started)).toEqual([
        {
          CreatedDate: '2019-10-02T19:54:00.3307136Z',
          Message: 'Run 20191002.2 in progress.',
          PipelineId: 7,
          RunName: '20191002.2',
          RunId: 479,
        },
      ]);
      const completed =
        'BuildEvent | where BuildId == 479 | project CreatedDate, Message, PipelineId, BuildNumber';
      expect(await changelog().query(completed)).toEqual([
        {
          CreatedDate: '2019-10-02T19:57:48.7584186Z',
          Message: 'Build 20191002.2 succeeded',
          PipelineId: 7,
          BuildNumber: '20191002.2',
        },
      ]);
      const stage = 'StageEvent | where RunId == 480 | project CreatedDate, Message, PipelineId, StageName';
      expect(await changelog().query(stage)).toEqual([
        {
          CreatedDate: '2019-10-02T20:10:39.1376851Z',
          Message: 'Run 20191002.3 stage build running.',
          PipelineId: 7,
          StageName: 'build',
        },
      ]);
      const record =
        'BuildState | where BuildId == 481 | project State, BuildNumber, Result, StartTime, FinishTime';
      expect(await changelog().query(record)).toEqual([
        {
          State: 'completed',
          BuildNumber: '20191002.4',
          Result: 'succeeded',
          StartTime: '2019-10-02T21:56:04.8446150Z',
          FinishTime: '2019-10-02T22:00:04.8462149Z',
        },
      ]);
    });
  });

  describe('the latest state', () => {
    it('does not go back when an earlier event comes late', async () => {
      const runId = nextRun++;
      await changelog().deliver(
        runEvent({ runId, state: 'completed', result: 'failed', createdDate: at(20) }),
        runEvent({ runId, state: 'canceling', createdDate: at(10) }),
        runEvent({ runId, state: 'inProgress', createdDate: at(0) }),
      );
      expect(await stateOf('RunState', runId)).toEqual([{ State: 'completed', Result: 'failed' }]);
    });

    it('does not go back even when clocks disagree', async () => {
      const runId = nextRun++;
      await changelog().deliver(
        runEvent({ runId, state: 'completed', result: 'succeeded', createdDate: at(1) }),
        runEvent({ runId, state: 'inProgress', createdDate: at(30) }),
      );
      expect(await stateOf('RunState', runId)).toEqual([{ State: 'completed', Result: 'succeeded' }]);
    });

    it('is that of the later of two events of the same rank', async () => {
      const runId = nextRun++;
      await changelog().deliver(
        runEvent({ runId, state: 'completed', result: 'succeeded', createdDate: at(9) }),
        runEvent({ runId, state: 'completed', result: 'failed', createdDate: at(5) }),
      );
      expect(await stateOf('RunState', runId, 'Result')).toEqual([{ Result: 'succeeded' }]);
    });

    it('is kept for each attempt of a stage', async () => {
      const runId = nextRun++;
      await changelog().deliver(
        stageEvent({ runId, attempt: 2, stageState: 'running', createdDate: at(30) }),
        stageEvent({
          runId,
          attempt: 1,
          stageState: 'completed',
          stageResult: 'failed',
          createdDate: at(20),
        }),
        stageEvent({ runId, attempt: 1, stageState: 'running', createdDate: at(10) }),
      );
      const rows = await stateOf('StageState', runId, 'Attempt, State, Result | order by Attempt asc');
      expect(rows).toEqual([
        { Attempt: 1, State: 'completed', Result: 'failed' },
        { Attempt: 2, State: 'running', Result: '' },
      ]);
    });

    it('of a stage is not taken back by a completed job that still carries it as running', async () => {
      const runId = nextRun++;
      await changelog().deliver(
        stageEvent({ runId, stageState: 'completed', stageResult: 'succeeded', createdDate: at(10) }),
        jobEvent({
          runId,
          jobState: 'completed',
          jobResult: 'succeeded',
          stageState: 'running',
          createdDate: at(11),
        }),
      );
      expect(await stateOf('StageState', runId)).toEqual([{ State: 'completed', Result: 'succeeded' }]);
      expect(await stateOf('JobState', runId)).toEqual([{ State: 'completed', Result: 'succeeded' }]);
    });

    it('of a stage is known from its job if its own events were lost', async () => {
      const runId = nextRun++;
      await changelog().deliver(jobEvent({ runId, jobState: 'running', stageState: 'running' }));
      expect(await stateOf('StageState', runId)).toEqual([{ State: 'running', Result: '' }]);
    });
  });

  describe('the changelog of a project', () => {
    it('has every type of event', async () => {
      const runId = nextRun++;
      const createdDate = at(50);
      await changelog().deliver(
        runEvent({ runId, createdDate }),
        stageEvent({ runId, createdDate }),
        jobEvent({ runId, createdDate }),
        buildEvent({ buildId: runId, createdDate }),
        approvalEvent('pending', { run: { id: runId } }, { createdDate }),
        pushEvent({ createdDate }),
        pullRequestEvent({}, { createdDate }),
        releaseDeploymentEvent('started', {}, { createdDate }),
      );
      const kinds = await changelog().query(
        `GetChangelog_v1('${organization}', '${project}', datetime(${at(50)}), datetime(${at(51)}), 100) | distinct Kind`,
      );
      expect(kinds.map(({ Kind }) => Kind).sort()).toEqual([
        'approval',
        'build',
        'job',
        'pullRequest',
        'push',
        'release',
        'run',
        'stage',
      ]);
    });

    it('reads every table of events', () => {
      const text = readFileSync('kusto/functions/GetChangelog_v1.kql', 'utf8');
      expect(eventTables.filter((table) => !text.includes(`(${table}`))).toEqual([]);
    });
  });

  describe('the time at which an event was last seen', () => {
    it('is known by the type of the event, however large the event was', async () => {
      const id = randomUUID();
      const containers = {
        collection: { baseUrl: 'https://dev.azure.com/large/' },
        project: { id, baseUrl: 'https://dev.azure.com/large/' },
      };
      const event = runEvent({ containers });
      await changelog().deliver({ ...event, detailedMessage: { text: 'x'.repeat(300_000) } });
      const seen = await eventsSeen(changelog().layer.database, 'large');
      expect([...seen.last.keys()]).toEqual([`${id} ms.vss-pipelines.run-state-changed-event`]);
    });
  });

  describe('an event that is delivered twice', () => {
    it('appears once in the changelog', async () => {
      const runId = nextRun++;
      const event = stageEvent({ runId, createdDate: at(40) });
      await changelog().deliver(event, event, runEvent({ runId, createdDate: at(41) }), event);
      const feed = await changelog().query(
        `GetChangelog_v1('${organization.toUpperCase()}', '${project}', datetime(2024-01-01), datetime(2024-01-02), 100) | where RunId == ${runId} | project Kind, Subject, State`,
      );
      expect(feed).toEqual([
        { Kind: 'run', Subject: 'web-app=20191002.2', State: 'inProgress' },
        { Kind: 'stage', Subject: 'build', State: 'running' },
      ]);
    });
  });
}
