/** How a gate looks at its build again and again: which failed entities it reads, and how often. */
import { createBuildObserver } from '../../../backend/gates/observe-build.ts';
import { openKusto } from '../../../kusto/client/client.ts';
import { readCriteria } from '../../../wait/criteria.ts';
import { answerOf, startKustoProxy } from '../../support/engine/kusto-proxy.ts';

const build = { organization: 'contoso', project: '00000000-0000-4000-8000-000000000001', buildId: 7 };

test('the failed entities of a deployment are read once while it does not change, and of an excluded one never', async () => {
  let updated = '2024-01-02T07:17:51Z';
  const deployment = (source: string) => [
    true,
    `${source}-1`,
    source,
    updated,
    'inProgress',
    { Total: 2, Failed: 1 },
  ];
  const kusto = await startKustoProxy(undefined, ({ text }) =>
    text.includes('Entities')
      ? answerOf(
          ['Found', 'Order', 'EntityType', 'EntityId', 'State', 'LastUpdatedTime'],
          [
            [true, 0, '', '', 'inProgress', null],
            [null, 1, 'Region', 'eastus', 'failed', updated],
          ],
        )
      : answerOf(
          ['Found', 'DeploymentId', 'Source', 'LastUpdatedTime', 'State', 'Progress'],
          ['expressv2', 'pilotfish'].map(deployment),
        ),
  );
  const database = openKusto({ cluster: kusto.url, database: 'D', auth: { mode: 'none' } });
  try {
    const { criteria } = readCriteria({ sources: 'expressv2' });
    if (!criteria) throw new Error('the criteria are wrong');
    const observe = createBuildObserver(database, { build, criteria });
    const asked = () =>
      kusto.asked
        .filter(({ text }) => text.includes('Entities'))
        .map(({ parameters }) => parameters.DeploymentId);
    for (let poll = 0; poll < 3; poll++) {
      const observation = await observe({ traceId: `poll ${poll}`, interactive: false });
      if (observation.kind !== 'deployments') throw new Error(observation.kind);
      expect(observation.deployments).toHaveLength(2);
      expect([...(observation.failedEntities?.values() ?? [])].flat().map(({ Id }) => Id)).toEqual([
        'eastus',
      ]);
    }
    expect(asked()).toEqual(['expressv2-1']);
    updated = '2024-01-02T07:18:51Z';
    await observe({ traceId: 'later', interactive: false });
    expect(asked()).toEqual(['expressv2-1', 'expressv2-1']);
  } finally {
    database.close();
    await kusto.close();
  }
});
