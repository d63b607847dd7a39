/**
 * The KQL of alerts, workbooks and guides on the embedded engine: it runs over telemetry that a real server has sent,
 * finds nothing in it, and finds what each alert is for.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AlertDeclaration, AttributeCondition } from '../../backend/telemetry/alerts.ts';
import { type MetricDeclaration, metrics } from '../../backend/telemetry/metrics.ts';
import { eventTables } from '../../changelog/events/catalogue.ts';
import { databasePlaceholder, logAlerts } from '../../infra/alerts/alerts.ts';
import { panelsOf, workbooks } from '../../infra/workbooks/workbooks.ts';
import { answerOf, startKustoProxy } from '../support/engine/kusto-proxy.ts';
import { programArguments } from '../support/program.ts';
import { type Envelope, startApplicationInsights } from '../support/telemetry/application-insights.ts';
import { openWorkspace, rowOf, type Workspace, type WorkspaceRow } from '../support/telemetry/workspace.ts';

const project = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';
const b2d = `/b2d/v1/build2deployments?adoOrganizationName=o&adoProjectId=${project}&adoBuildId=`;

let workspace: Workspace;
beforeAll(async () => {
  const sent = telemetryOfRun();
  workspace = await openWorkspace();
  await addRun(await sent);
});
afterAll(() => workspace.close());

/** What a server sends to Azure Monitor that has answered some requests, and failed once. */
async function telemetryOfRun(): Promise<readonly Envelope[]> {
  const insights = await startApplicationInsights();
  const kusto = await startKustoProxy(undefined, answerOf(['Found', 'DeploymentId'], [[true, 'd']]));
  const server = spawn(process.execPath, programArguments('backend/hosts/server.ts'), {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      KUSTO_CLUSTER: kusto.url,
      KUSTO_DATABASE: 'D',
      APIS: 'b2d',
      OTEL_SERVICE_NAME: 'b2d',
      LOG_LEVEL: 'silent',
      // A busy machine is no reason to refuse.
      MAX_EVENT_LOOP_DELAY_MS: '0',
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.connectionString,
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(server, 'exit');
  for await (const line of createInterface(server.stdout)) {
    const url = /^API\s+(http:\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    for (let build = 1; build <= 5; build += 1) await (await fetch(`${url}${b2d}${build}`)).text();
    await (await fetch(`${url}${b2d}1`)).text();
    await (await fetch(`${url}/b2d/v1/build2deployments`)).text();
    kusto.fail({ kind: 'status', status: 400 });
    await (await fetch(`${url}${b2d}6`)).text();
    server.kill('SIGTERM');
  }
  await exit;
  const { envelopes } = insights;
  await Promise.all([kusto.close(), insights.close()]);
  return envelopes;
}

/** Puts the run's telemetry into the workspace. */
async function addRun(sent: readonly Envelope[]): Promise<void> {
  const rows = new Map<string, WorkspaceRow[]>();
  for (const envelope of sent) {
    const found = rowOf(envelope);
    if (found) rows.set(found.table, [...(rows.get(found.table) ?? []), found.row]);
  }
  expect([...rows.keys()].sort()).toEqual(['AppDependencies', 'AppMetrics', 'AppRequests', 'AppTraces']);
  for (const [table, own] of rows) await workspace.add('run', table as 'AppMetrics', own);
}

/** What a query gives over the run, or in another scenario. */
const rowsOf = (query: string, scenario = 'run'): Promise<unknown[][]> =>
  workspace.rows(scenario, query.replaceAll(databasePlaceholder, ''));

test('the run sends metrics of requests, queries, results and caches as the queries expect them', async () => {
  const names = (await rowsOf('AppMetrics | distinct Name')).flat();
  expect(names).toEqual(
    expect.arrayContaining([
      'http.server.request.duration',
      'db.client.operation.duration',
      'deployments.api.results',
      'deployments.cache.lookups',
      'nodejs.eventloop.delay.p99',
    ]),
  );
  expect(
    await rowsOf('AppMetrics | where Name == "http.server.request.duration" | summarize sum(ItemCount)'),
  ).toEqual([[8]]);
  expect(await rowsOf('AppMetrics | where tostring(Properties) has "undefined"')).toEqual([]);
});

// A silent changelog, and an event loop that was late at the start, are what a short run without one looks like.
const untold = new Set(['events-silent', 'event-loop-delay']);

test('every alert is quiet over the telemetry of a run', async () => {
  const loud = [];
  for (const { id, query } of logAlerts)
    if (!untold.has(id) && (await rowsOf(query)).length > 0) loud.push(id);
  expect(loud).toEqual([]);
});

// The panels of two apps are those of all: the others have the same for another name.
test.each(['b2d', 'changelog'].map((app) => [app, panelsOf(app)] as const))(
  'the panels of the workbook %s run',
  async (_app, panels) => {
    for (const { query } of panels) await expect(rowsOf(query)).resolves.toBeInstanceOf(Array);
  },
);

test('workbooks of the other apps have no panels of their own', () => {
  const titles = new Set(['b2d', 'changelog'].flatMap((app) => panelsOf(app).map(({ title }) => title)));
  expect(workbooks.flatMap(({ name }) => panelsOf(name)).filter(({ title }) => !titles.has(title))).toEqual(
    [],
  );
});

test('panels show what the run did', async () => {
  const queryOf = (title: string): string =>
    panelsOf('b2d').find((panel) => panel.title.startsWith(title))?.query ?? '';
  expect(await rowsOf(queryOf('Where answers came from'))).not.toEqual([]);
  expect(await rowsOf(queryOf('Slowest requests'))).toHaveLength(8);
  const functions = (await rowsOf(queryOf('Kusto: calls'))).map(([name]) => name);
  expect(functions).toContain('GetBuild2Deployment_v1');
});

/** The blocks of KQL in a page. */
function blocksOf(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/```(?:kusto|kql)\n([\s\S]*?)```/g)].map(
    ([, block = '']) => block,
  );
}

test('the queries of guides run', async () => {
  const tried = new Set(logAlerts.map(({ query }) => query.replaceAll(databasePlaceholder, '').trim()));
  const folder = 'docs/operations/alerts';
  const blocks = readdirSync(folder).flatMap((file) => blocksOf(`${folder}/${file}`));
  expect(blocks.length).toBeGreaterThan(20);
  for (const block of blocks.filter((text) => !tried.has(text.trim())))
    await expect(rowsOf(block)).resolves.toBeInstanceOf(Array);
});

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** Attributes for which a condition holds. */
function attributesFor(...conditions: readonly (AttributeCondition | undefined)[]): Record<string, string> {
  return Object.fromEntries(
    conditions.flatMap((condition) => {
      if (!condition) return [];
      if ('is' in condition) return [[condition.attribute, `${condition.is}`]];
      return [[condition.attribute, 'atLeast' in condition ? `${condition.atLeast}` : 'timeout']];
    }),
  );
}

/** What instances send while there is something to tell. */
function badRows(name: string, { kind }: MetricDeclaration, alert: AlertDeclaration): WorkspaceRow[] {
  const { measure, where, and, minutes } = alert;
  const isHistogram = kind === 'histogram';
  const amount = (count: number) => ({ ItemCount: isHistogram ? count : 1, Sum: isHistogram ? 0.01 : count });
  const at = (minute: number) => ({ TimeGenerated: minutesAgo(minute), Name: name, AppRoleName: 'app' });
  const Properties = attributesFor(where, and);
  const every = Array.from({ length: minutes }, (_, minute) => minute + 0.2);
  switch (measure.kind) {
    case 'largest':
      return every.map((minute) => ({ ...at(minute), ItemCount: 1, Sum: measure.above + 1, Properties }));
    case 'total':
      return [{ ...at(1), ...amount(measure.above + 1), Properties }];
    case 'share':
      return [
        { ...at(1), ...amount(measure.of), Properties: {} },
        { ...at(1), ...amount(measure.of * 2), Properties },
      ];
    case 'burnRate':
      return every.flatMap((minute) => [
        { ...at(minute), ...amount(100), Properties: {} },
        { ...at(minute), ...amount(2), Properties },
      ]);
    case 'p99':
    case 'silence':
      return [];
  }
}

const declaredAlerts = Object.entries<MetricDeclaration>(metrics).flatMap(([name, metric]) =>
  metric.alerts.map((alert) => ({ id: alert.id, name, metric, alert })),
);
const queryOf = (id: string): string => logAlerts.find((alert) => alert.id === id)?.query ?? '';
const counted = declaredAlerts.filter(({ alert }) => !['p99', 'silence'].includes(alert.measure.kind));

test.each(counted)('$id finds what it is for', async ({ id, name, metric, alert }) => {
  await workspace.add(id, 'AppMetrics', badRows(name, metric, alert));
  expect(await rowsOf(queryOf(id), id)).toHaveLength(1);
});

test.each(counted.filter(({ alert }) => alert.measure.kind === 'largest'))(
  '$id is quiet where it was bad for a moment only',
  async ({ id, name, metric, alert }) => {
    const good = badRows(name, metric, alert).map((row) => ({ ...row, Sum: 0 }));
    const [bad] = badRows(name, metric, alert);
    if (alert.measure.kind !== 'largest' || alert.minutes < 2) return;
    await workspace.add(`${id} for a moment`, 'AppMetrics', [...good.slice(1), { ...bad }]);
    expect(await rowsOf(queryOf(id), `${id} for a moment`)).toEqual([]);
  },
);

test.each([
  ['latency', 'AppRequests'],
  ['kusto-latency', 'AppDependencies'],
] as const)('%s finds slow spans, and not one slow one among many', async (id, table) => {
  const span = (DurationMs: number) => ({
    TimeGenerated: minutesAgo(1),
    DurationMs,
    Name: 'x',
    Properties: {},
  });
  const fast = Array.from({ length: 150 }, () => span(20));
  await workspace.add(id, table, [...fast, span(5_000)]);
  expect(await rowsOf(queryOf(id), id)).toEqual([]);
  await workspace.add(id, table, [span(5_000), span(5_000)]);
  expect(await rowsOf(queryOf(id), id)).toHaveLength(1);
});

test('a short burst does not burn the budget of an hour, nor what ended a while ago', async () => {
  const row = (minute: number, count: number, status: string) => ({
    TimeGenerated: minutesAgo(minute),
    Name: 'http.server.request.duration',
    ItemCount: count,
    Sum: 1,
    Properties: { 'http.response.status_code': status },
  });
  const hour = Array.from({ length: 12 }, (_, index) => row(5 * index + 1, 1_000, '200'));
  await workspace.add('burst', 'AppMetrics', [...hour, row(1, 10, '503')]);
  expect(await rowsOf(queryOf('availability-fast-burn'), 'burst')).toEqual([]);
  await workspace.add(
    'burst',
    'AppMetrics',
    hour.slice(4).map((_, index) => row(5 * index + 21, 100, '500')),
  );
  expect(await rowsOf(queryOf('availability-fast-burn'), 'burst')).toEqual([]);
  await workspace.add('burst', 'AppMetrics', [row(2, 100, '500'), row(7, 100, '500')]);
  expect(await rowsOf(queryOf('availability-fast-burn'), 'burst')).toHaveLength(1);
});

test('silence is told in working time only', async () => {
  const now = new Date();
  const isWorkingTime =
    ![0, 6].includes(now.getUTCDay()) && now.getUTCHours() >= 6 && now.getUTCHours() <= 18;
  expect(await rowsOf(queryOf('events-silent'), 'silence')).toHaveLength(isWorkingTime ? 1 : 0);
  await workspace.add('silence', 'AppMetrics', [
    {
      TimeGenerated: minutesAgo(30),
      Name: 'deployments.changelog.events',
      ItemCount: 1,
      Sum: 3,
      Properties: { 'deployments.event.outcome': 'understood' },
    },
  ]);
  expect(await rowsOf(queryOf('events-silent'), 'silence')).toEqual([]);
});

test.each(eventTables)(
  'a project that sent something to %s every day is silent after more than a weekend',
  async (table) => {
    const event = (projectId: string, days: number, id = '') => ({
      EventId: `${id}${projectId} ${days}`,
      ReceivedDate: minutesAgo(days * 24 * 60),
      OrganizationName: 'contoso',
      ProjectId: projectId,
    });
    const days = (from: number) => Array.from({ length: 9 }, (_, index) => from + index);
    const scenario = `hooks ${table}`;
    await workspace.add(scenario, table, [
      ...days(4.5).map((day) => event('silent', day)),
      ...days(0.1).map((day) => event('well', day)),
      ...[5, 9].map((day) => event('seldom', day)),
      // Reconciling fetches what no hook has sent.
      ...days(4.5).map((day) => event('fetched', day)),
      event('fetched', 0.1, 'reconciled/'),
      ...days(4.5).map((day) => event('other', day)),
    ]);
    // What it is subscribed to has changed.
    const [next = 'RunEvent'] = eventTables.filter((other) => other !== table);
    await workspace.add(scenario, next, [event('other', 0.1)]);
    const rows = await rowsOf(queryOf('hooks-silent'), scenario);
    expect(rows.map(([, projectId]) => projectId).sort()).toEqual(['fetched', 'silent']);
  },
);

test('a secret that expires soon is told', async () => {
  await workspace.add('secrets', 'AzureDiagnostics', [
    {
      TimeGenerated: minutesAgo(1),
      ResourceProvider: 'MICROSOFT.KEYVAULT',
      OperationName: 'SecretGet',
      Resource: 'V',
    },
  ]);
  expect(await rowsOf(queryOf('secret-expiry'), 'secrets')).toEqual([]);
  await workspace.add('secrets', 'AzureDiagnostics', [
    {
      TimeGenerated: minutesAgo(1),
      ResourceProvider: 'MICROSOFT.KEYVAULT',
      OperationName: 'SecretNearExpiryEventGridNotification',
      Resource: 'V',
    },
  ]);
  expect(await rowsOf(queryOf('secret-expiry'), 'secrets')).toHaveLength(1);
});
