import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createAzureDevOps } from '../../../../azure-devops/client.ts';
import { parseOrganization } from '../../../../azure-devops/organization.ts';
import { readChangelogConfig } from '../../../../backend/changelog/config.ts';
import { ChangelogProcessor } from '../../../../backend/changelog/processor.ts';
import type { ProjectReport } from '../../../../backend/changelog/reconcile/reconcile.ts';
import { startReconciling, writeThrough } from '../../../../backend/changelog/reconcile/service.ts';
import { RowsRefusedError } from '../../../../backend/changelog/row-store.ts';
import { RowWriter } from '../../../../backend/changelog/row-writer.ts';
import type { KustoDatabase } from '../../../../kusto/client.ts';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../../../support/azure-devops.ts';
import { aBuild, aRun } from '../../../support/azure-devops-records.ts';
import { MemoryRowStore } from '../../../support/row-store.ts';

let standIn: AzureDevOpsStandIn;
let store: MemoryRowStore;
let writer: RowWriter;
let processor: ChangelogProcessor;

beforeEach(async () => {
  standIn = await startAzureDevOps();
  store = new MemoryRowStore();
  writer = new RowWriter(store, { flushAfterMs: 1 });
  processor = new ChangelogProcessor({ writer });
});
afterEach(async () => {
  await writer.close();
  await standIn.close();
});

/** A database in which nothing is known yet. */
const empty: KustoDatabase = {
  query: async () => [],
  command: async () => [],
  ingest: async () => undefined,
  close: () => undefined,
};

const clientOf = (organization: string) =>
  createAzureDevOps({
    organization: parseOrganization(organization),
    authorization: async () => `Bearer ${standIn.token}`,
  });

describe('reconciling in a server', () => {
  test('covers every project of every organization, and tells each round', async () => {
    const finishTime = new Date(Date.now() - 60_000).toISOString();
    for (const name of ['webshop', 'billing']) {
      const project = standIn.addProject(name);
      const build = aBuild(project, { id: 1, finishTime });
      project.builds.push(build);
      project.runs.set(1, aRun(build));
    }
    const reports = await new Promise<readonly ProjectReport[]>((resolve, reject) => {
      const reconciling = startReconciling({
        organizations: [standIn.url],
        clientOf,
        database: empty,
        processor,
        writer,
        onRound: (_, round) => void reconciling.stop().then(() => resolve(round)),
        onFailure: (_, error) => reject(error),
      });
    });
    expect(reports).toMatchObject([
      { project: 'webshop', builds: 1, written: 2 },
      { project: 'billing', builds: 1, written: 2 },
    ]);
    expect(store.rowsOf('BuildEvent')).toHaveLength(2);
  });

  test('tells a failure with its organization', async () => {
    standIn.answerNext([{ status: 403 }]);
    const failure = await new Promise((resolve) => {
      const reconciling = startReconciling({
        organizations: [standIn.url],
        clientOf,
        database: empty,
        processor,
        writer,
        onRound: () => resolve('no failure'),
        onFailure: (organization, error) =>
          void reconciling.stop().then(() => resolve({ organization, error })),
      });
    });
    expect(failure).toMatchObject({ organization: standIn.url, error: { kind: 'forbidden' } });
  });

  test('does not take an event that was set aside for written', async () => {
    const nowhere = { id: 'e', eventType: 'build.complete', createdDate: '2026-03-01T10:00:00Z' };
    await expect(writeThrough(processor)(nowhere)).rejects.toThrow(RowsRefusedError);
  });
});

describe('CHANGELOG_RECONCILE', () => {
  const read = (value: string) => {
    const refused: string[] = [];
    const config = readChangelogConfig({ CHANGELOG_RECONCILE: value }, true, (name) => refused.push(name));
    return { reconcile: config?.reconcile, refused };
  };

  test('names organizations', () => {
    expect(read('contoso,https://fabrikam.visualstudio.com')).toEqual({
      reconcile: ['contoso', 'https://fabrikam.visualstudio.com'],
      refused: [],
    });
  });

  test('is refused where it names something else', () => {
    expect(read('contoso,http://example.com/x').refused).toEqual(['CHANGELOG_RECONCILE']);
  });

  test('leaves the changelog off where it is empty and nothing else is set', () => {
    expect(read(' ')).toEqual({ reconcile: undefined, refused: [] });
  });
});
