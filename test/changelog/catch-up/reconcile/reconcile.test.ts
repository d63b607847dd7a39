import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createAzureDevOps } from '../../../../azure-devops/client.ts';
import { AzureDevOpsError } from '../../../../azure-devops/error.ts';
import {
  type ProjectReport,
  type ReconcileInput,
  reconcile,
} from '../../../../changelog/catch-up/reconcile/reconcile.ts';
import { ReconcileRounds, startRounds } from '../../../../changelog/catch-up/reconcile/rounds.ts';
import type { ReconciledEvent } from '../../../../changelog/catch-up/reconcile/state-facts.ts';
import { eventOfObject, UnreadableEventError } from '../../../../changelog/events/decode.ts';
import { type ChangelogRow, readEvent } from '../../../../changelog/events/read-event.ts';
import { RowsRefusedError, StoreUnavailableError } from '../../../../changelog/store/row-store.ts';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../../../support/azure-devops/azure-devops.ts';
import { aBuild, aRun, aStage, type StoredProject } from '../../../support/azure-devops/records.ts';

let standIn: AzureDevOpsStandIn;
let webshop: StoredProject;
let written: ReconciledEvent[];

beforeEach(async () => {
  standIn = await startAzureDevOps();
  webshop = standIn.addProject('webshop');
  written = [];
});
afterEach(() => standIn.close());

function input(fields: Partial<ReconcileInput> = {}): ReconcileInput {
  const devOps = createAzureDevOps({
    organization: { name: 'Contoso', url: standIn.url },
    authorization: async () => `Bearer ${standIn.token}`,
    retry: { firstDelayMs: 1 },
  });
  return {
    devOps,
    projects: [{ id: webshop.id, name: webshop.name }],
    since: '2026-03-01T00:00:00Z',
    known: async () => (_, fact) => written.some(({ id }) => id === fact.event.id),
    write: async (event) => {
      written.push(event);
    },
    readEnvironments: async () => 0,
    ...fields,
  };
}

/** The rows that the changelog makes of what was written, by table. */
function rows(table: ChangelogRow['table']): readonly ChangelogRow['row'][] {
  return written.flatMap((event) => {
    const reading = readEvent(eventOfObject(event), '2026-03-02T00:00:00.0000000Z');
    expect(reading.outcome).toBe('understood');
    return reading.rows.filter((row) => row.table === table).map(({ row }) => row);
  });
}

/** A build with its run and one stage. */
function addBuild(fields: Parameters<typeof aBuild>[1]): void {
  const build = aBuild(webshop, fields);
  webshop.builds.push(build);
  webshop.runs.set(build.id, aRun(build));
  webshop.timelines.set(String(build.id), [aStage('deploy')]);
}

describe('reconcile', () => {
  test('writes what service hooks would have reported of a build, its run and its stages, to the last digit', async () => {
    addBuild({ id: 479 });
    const [report] = await reconcile(input());
    expect(report).toEqual({
      project: 'webshop',
      projectId: webshop.id,
      builds: 1,
      written: 4,
      known: 0,
      environments: 0,
      failed: [],
    });
    const place = { OrganizationName: standIn.organization, ProjectId: webshop.id };
    expect(rows('BuildEvent')).toEqual([
      expect.objectContaining({
        ...place,
        BuildId: 479,
        BuildNumber: '20260301.479',
        State: 'completed',
        Result: 'succeeded',
        FinishTime: '2026-03-01T10:05:00.1234567Z',
        CreatedDate: '2026-03-01T10:05:00.1234567Z',
        SourceVersion: '8d2c1f0a9b3e4d5c6f7a8b9c0d1e2f3a4b5c6d7e',
        RequestedFor: 'ada@example.com',
      }),
    ]);
    expect(rows('RunEvent')).toEqual([
      expect.objectContaining({
        ...place,
        RunId: 479,
        RunName: '20260301.479',
        PipelineId: 7,
        State: 'completed',
        Result: 'succeeded',
        RequestedFor: 'ada@example.com',
        RunFinishedDate: '2026-03-01T10:05:00.1234567Z',
      }),
    ]);
    const stage = {
      ...place,
      RunId: 479,
      RunName: '20260301.479',
      PipelineName: 'webshop',
      StageName: 'deploy',
      Attempt: 1,
    };
    expect(rows('StageEvent')).toEqual([
      expect.objectContaining({ ...stage, State: 'running', CreatedDate: '2026-03-01T10:00:10.0000001Z' }),
      expect.objectContaining({
        ...stage,
        State: 'completed',
        Result: 'succeeded',
        FinishTime: '2026-03-01T10:04:00.7654321Z',
      }),
    ]);
    expect(rows('RunResource')).toEqual([
      expect.objectContaining({ RunId: 479, Kind: 'repository', Alias: 'self', RefName: 'refs/heads/main' }),
    ]);
  });

  test('writes nothing that the changelog has', async () => {
    addBuild({ id: 1 });
    await reconcile(input());
    expect(await reconcile(input())).toMatchObject([{ builds: 1, written: 0, known: 4 }]);
    expect(written).toHaveLength(4);
  });

  test('covers running builds: a running stage, one that waits for an approval, one that has not started', async () => {
    addBuild({ id: 1, status: 'inProgress' });
    const waiting = aStage('production', {
      state: 'pending',
      result: null,
      startTime: null,
      finishTime: null,
    });
    webshop.timelines.set('1', [
      aStage('test', { state: 'inProgress', result: null, finishTime: null }),
      waiting,
      {
        id: 'c',
        parentId: waiting.id,
        type: 'Checkpoint',
        state: 'inProgress',
        startTime: '2026-03-01T10:02:00Z',
      },
      aStage('cleanup', { state: 'pending', result: null, startTime: null, finishTime: null }),
    ]);
    await reconcile(input());
    expect(rows('RunEvent')).toMatchObject([
      { State: 'inProgress', CreatedDate: '2026-03-01T10:00:00.0000001Z' },
    ]);
    expect(rows('BuildEvent')).toEqual([]);
    expect(rows('StageEvent').map(({ StageName, State }) => [StageName, State])).toEqual([
      ['test', 'running'],
      ['production', 'waiting'],
    ]);
  });

  test('reports every attempt of a stage, and does not report a skipped one as running', async () => {
    addBuild({ id: 1 });
    const attempts = [{ attempt: 1, timelineId: 'first', recordId: 'r' }];
    webshop.timelines.set('1', [
      aStage('deploy', { attempt: 2, result: 'succeededWithIssues', previousAttempts: attempts }),
      aStage('rollback', {
        result: 'skipped',
        startTime: '2026-03-01T10:03:00Z',
        finishTime: '2026-03-01T10:03:00Z',
      }),
      { id: 'job', type: 'Job', name: 'Deploy', state: 'completed' },
    ]);
    webshop.timelines.set('1/first', [aStage('deploy', { result: 'failed' }), { id: 'job', type: 'Job' }]);
    await reconcile(input());
    expect(
      rows('StageEvent').map(({ StageName, Attempt, State, Result }) => [StageName, Attempt, State, Result]),
    ).toEqual([
      ['deploy', 2, 'running', ''],
      ['deploy', 2, 'completed', 'partiallySucceeded'],
      ['rollback', 1, 'completed', 'skipped'],
      ['deploy', 1, 'running', ''],
      ['deploy', 1, 'completed', 'failed'],
    ]);
  });

  test('handles classic builds, which have no run, and builds that never started', async () => {
    webshop.builds.push(aBuild(webshop, { id: 1 }));
    await reconcile(input());
    expect(written.map(({ eventType }) => eventType)).toEqual(['build.complete']);
  });

  test('skips what finished earlier, and reads all pages of what finished since', async () => {
    addBuild({ id: 1, finishTime: '2026-02-28T23:59:59Z' });
    for (const id of [2, 3, 4, 5, 6]) addBuild({ id });
    standIn.pageSize = 2;
    const pages: number[] = [];
    await reconcile(input({ onPage: ({ builds }) => pages.push(builds) }));
    expect(pages).toEqual([2, 4, 5]);
    expect(
      rows('BuildEvent')
        .map(({ BuildId }) => BuildId)
        .sort(),
    ).toEqual([2, 3, 4, 5, 6]);
  });

  test('continues from the page that it reached when it was interrupted', async () => {
    for (const id of [1, 2, 3, 4]) addBuild({ id, finishTime: `2026-03-01T10:0${id}:00Z` });
    standIn.pageSize = 2;
    const reached = new Map<string, string>();
    const progress = {
      reached: (projectId: string) => reached.get(projectId),
      reach: async (projectId: string, finishTime: string) => {
        reached.set(projectId, finishTime);
      },
    };
    standIn.answerNext(
      Array.from({ length: 4 }, () => ({ status: 500 })),
      ({ path }) => path.includes('runs/3'),
    );
    await expect(reconcile(input({ progress }))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(reached.get(webshop.id)).toBe('2026-03-01T10:02:00Z');
    written.length = 0;
    await reconcile(input({ progress }));
    expect(new Set(rows('BuildEvent').map(({ BuildId }) => BuildId))).toEqual(new Set([2, 3, 4]));
  });

  test('reports the builds that it could not read or write, and does the others', async () => {
    for (const id of [1, 2, 3]) addBuild({ id });
    standIn.answerNext([{ body: { records: 'none' } }], ({ path }) => path.includes('builds/2/timeline'));
    const [report] = await reconcile(
      input({
        write: async (event) => {
          if (event.id.includes('/stage/3/')) throw new RowsRefusedError('a column is too long');
          written.push(event);
        },
      }),
    );
    expect(report?.failed).toEqual([
      { buildId: 2, reason: expect.stringContaining('unexpected response') },
      { buildId: 3, reason: 'a column is too long' },
    ]);
    expect(rows('BuildEvent').map(({ BuildId }) => BuildId)).toContain(1);
  });

  test('reports a build whose event is too large, and does the others', async () => {
    for (const id of [1, 2]) addBuild({ id });
    const [report] = await reconcile(
      input({
        write: async (event) => {
          if (event.id.includes('/build/1/')) throw new UnreadableEventError('The message is larger');
          written.push(event);
        },
      }),
    );
    expect(report?.failed).toEqual([{ buildId: 1, reason: 'The message is larger' }]);
    expect(rows('BuildEvent').map(({ BuildId }) => BuildId)).toEqual([2]);
  });

  test('reads environments from when the first of its builds began', async () => {
    addBuild({ id: 1, status: 'inProgress', startTime: '2026-02-20T10:00:00Z' });
    addBuild({ id: 2 });
    const asked: unknown[] = [];
    const readEnvironments = async (projectId: string, since: number) => {
      asked.push([projectId, new Date(since).toISOString()]);
      return 3;
    };
    const [report] = await reconcile(input({ readEnvironments }));
    expect(asked).toEqual([[webshop.id, '2026-02-20T10:00:00.000Z']]);
    expect(report).toMatchObject({ builds: 2, environments: 3 });
  });

  test('reports why environments could not be read, and keeps what was written', async () => {
    addBuild({ id: 1 });
    const forbidden = new AzureDevOpsError('forbidden', 'the token does not permit this');
    const [report] = await reconcile(input({ readEnvironments: () => Promise.reject(forbidden) }));
    expect(report).toMatchObject({ written: 4, environments: 0, environmentsFailed: forbidden.message });
  });

  test('fails if the store is unavailable: an open gap must not look closed', async () => {
    addBuild({ id: 1 });
    const away = new StoreUnavailableError('no answer');
    await expect(reconcile(input({ write: () => Promise.reject(away) }))).rejects.toBe(away);
  });
});

describe('rounds', () => {
  const lookback = { firstLookbackMs: 2 * 3600_000 };
  const { signal } = new AbortController();
  const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

  test('look far back once, and only a little after a round that succeeded', async () => {
    addBuild({ id: 1, finishTime: ago(3600_000) });
    const rounds = new ReconcileRounds({ input: async () => input(), ...lookback });
    expect(await rounds.next(signal)).toMatchObject([{ builds: 1, written: 4 }]);
    expect(await rounds.next(signal)).toMatchObject([{ builds: 0 }]);
  });

  test('cover the time of a failed round again', async () => {
    addBuild({ id: 1, finishTime: ago(3600_000) });
    standIn.answerNext([{ status: 403 }]);
    const rounds = new ReconcileRounds({ input: async () => input(), ...lookback });
    await expect(rounds.next(signal)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await rounds.next(signal)).toMatchObject([{ builds: 1, written: 4 }]);
  });

  test('continue an interrupted round', async () => {
    standIn.pageSize = 1;
    for (const id of [1, 2, 3]) addBuild({ id, finishTime: ago(3600_000 - id * 1000) });
    const ending = new AbortController();
    const onPage = ({ builds }: ProjectReport): void => {
      if (builds === 2) ending.abort(new Error('out of time'));
    };
    const rounds = new ReconcileRounds({ input: async () => input({ onPage }), ...lookback });
    await expect(rounds.next(ending.signal)).rejects.toThrow('out of time');
    // The last page that was done is looked at again, the one before it is not.
    expect(await rounds.next(signal)).toMatchObject([{ builds: 2, written: 4, known: 4 }]);
  });

  test('follow each other until they are stopped', async () => {
    let rounds = 0;
    jest.useFakeTimers();
    try {
      const running = startRounds(async () => void rounds++, 60_000);
      await jest.advanceTimersByTimeAsync(2 * 60_000);
      expect(rounds).toBe(3);
      await running.stop();
      await jest.advanceTimersByTimeAsync(10 * 60_000);
      expect(rounds).toBe(3);
    } finally {
      jest.useRealTimers();
    }
  });
});
