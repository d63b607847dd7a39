import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createAzureDevOps } from '../../../../azure-devops/client.ts';
import { parseOrganization } from '../../../../azure-devops/organization.ts';
import { openReconciling, writeThrough } from '../../../../changelog/catch-up/reconcile/organizations.ts';
import type { ProjectReport } from '../../../../changelog/catch-up/reconcile/reconcile.ts';
import { readChangelogConfig } from '../../../../changelog/config.ts';
import { ChangelogProcessor } from '../../../../changelog/store/processor.ts';
import { RowsRefusedError } from '../../../../changelog/store/row-store.ts';
import { RowWriter } from '../../../../changelog/store/row-writer.ts';
import type { KustoClient } from '../../../../kusto/client/client.ts';
import { SettingsReader } from '../../../../settings/reader.ts';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../../../support/azure-devops/azure-devops.ts';
import { aBuild, aRun } from '../../../support/azure-devops/records.ts';
import { MemoryRowStore } from '../../../support/changelog/row-store.ts';
import { mistakesOf } from '../../../support/settings.ts';

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
const empty: KustoClient = {
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

describe('reconciling in a host', () => {
  test('covers every project of every organization, and reports each round', async () => {
    const finishTime = new Date(Date.now() - 60_000).toISOString();
    for (const name of ['webshop', 'billing']) {
      const project = standIn.addProject(name);
      const build = aBuild(project, { id: 1, finishTime });
      project.builds.push(build);
      project.runs.set(1, aRun(build));
    }
    let reports: readonly ProjectReport[] = [];
    const rounds = openReconciling({
      organizations: [standIn.url],
      clientOf,
      database: empty,
      processor,
      writer,
      onRound: (_, round) => {
        reports = round;
      },
      onFailure: (_, error) => {
        throw error;
      },
    });
    for (const round of rounds) await round(new AbortController().signal);
    expect(reports).toMatchObject([
      { project: 'webshop', builds: 1, written: 2 },
      { project: 'billing', builds: 1, written: 2 },
    ]);
    expect(store.rowsOf('BuildEvent')).toHaveLength(2);
  });

  test('reports a failure with its organization', async () => {
    standIn.answerNext([{ status: 403 }]);
    const failures: unknown[] = [];
    const [round] = openReconciling({
      organizations: [standIn.url],
      clientOf,
      database: empty,
      processor,
      writer,
      onRound: () => failures.push('no failure'),
      onFailure: (organization, error) => failures.push({ organization, error }),
    });
    await round?.(new AbortController().signal);
    expect(failures).toMatchObject([{ organization: standIn.url, error: { kind: 'forbidden' } }]);
  });

  test('does not count an event that was set aside as written', async () => {
    const nowhere = { id: 'e', eventType: 'build.complete', createdDate: '2026-03-01T10:00:00Z' };
    await expect(writeThrough(processor)(nowhere)).rejects.toThrow(RowsRefusedError);
  });
});

describe('CHANGELOG_RECONCILE', () => {
  const read = (value: string) => {
    const reader = new SettingsReader({ CHANGELOG_RECONCILE: value });
    const config = readChangelogConfig(reader, true);
    return {
      reconcile: config?.reconcile,
      refused: mistakesOf(reader).map((mistake) => mistake.split(' ', 1)[0]),
    };
  };

  test('names organizations', () => {
    expect(read('contoso,https://fabrikam.visualstudio.com')).toEqual({
      reconcile: ['contoso', 'https://fabrikam.visualstudio.com'],
      refused: [],
    });
  });

  test('is refused if it names something else', () => {
    expect(read('contoso,http://example.com/x').refused).toEqual(['CHANGELOG_RECONCILE']);
  });

  test('leaves the changelog off if it is empty and nothing else is set', () => {
    expect(read(' ')).toEqual({ reconcile: undefined, refused: [] });
  });
});
