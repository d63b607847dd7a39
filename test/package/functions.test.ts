/**
 * The packages of the Functions apps, each alone in a folder and driven as the Functions worker does: what is in them,
 * and that every route answers. Queue and timers run from the same packages in test/backend/hosts/functions.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageFunctions } from '../../scripts/package/functions.ts';
import { type FunctionsApp, functionsApps } from '../../scripts/package/functions-apps.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../support/engine/kusto-proxy.ts';
import { startFunctionsHost } from '../support/functions/host.ts';

const names = Object.keys(functionsApps) as FunctionsApp[];
let target: string;
let folders: ReadonlyMap<FunctionsApp, string>;
let kusto: KustoProxy;

beforeAll(async () => {
  target = mkdtempSync(path.join(tmpdir(), 'functions-'));
  folders = await packageFunctions(target);
  const row = { Found: false, DeploymentId: '', Id: '', Url: '', Payload: '', EntityId: '' };
  kusto = await startKustoProxy(undefined, answerOf(Object.keys(row), [Object.values(row)]));
});
afterAll(async () => {
  await kusto.close();
  rmSync(target, { recursive: true, force: true });
});

const folderOf = (name: FunctionsApp): string => folders.get(name) ?? '';

/** Every file of a package with its size, by its path in the package. */
function filesOf(name: FunctionsApp): Map<string, number> {
  const entries = readdirSync(folderOf(name), { withFileTypes: true, recursive: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name: file }) => path.join(parentPath, file))
      .map((file) => [path.relative(folderOf(name), file), statSync(file).size]),
  );
}

/** Chunks have a hash in their names, or nothing else. */
const withoutHash = (file: string): string => file.replace(/-[A-Z0-9]{8}\.js$/, '.js');

const readJson = (name: FunctionsApp, file: string) =>
  JSON.parse(readFileSync(path.join(folderOf(name), file), 'utf8'));

const common = [
  'LICENSE',
  'host.json',
  'main.js',
  'package.json',
  ...['LICENSE', 'NOTICE', 'package.json', 'swagger-ui-bundle.js', 'swagger-ui.css'].map(
    (file) => `node_modules/swagger-ui-dist/${file}`,
  ),
];
/** What an app loads later or not at all: telemetry, identities. Chunks of shared code have no names. */
const loadedByAll = [
  'app/chunk.js',
  'app/customerSDKStats.js',
  'app/esm.js',
  'app/functions-app.js',
  ...['bsd', 'darwin', 'linux', 'unsupported', 'win'].map((system) => `app/getMachineId-${system}.js`),
  'app/httpSender.js',
  'app/open.js',
  'app/opentelemetry.js',
  'app/otlp-exporters.js',
  'app/statsbeatExporter.js',
];
const ownParts: Readonly<Record<FunctionsApp, readonly string[]>> = {
  b2d: [],
  d2b: ['app/warm-up.js'],
  p2b: [],
  introspection: [],
  gates: ['app/gates.js'],
  changelog: ['app/canary.js', 'app/changelog.js', 'app/functions-changelog.js', 'app/jobs.js'],
};

describe.each(names)('the package %s', (name) => {
  it('has its own code, the page of the reference, and nothing else', () => {
    const files = [...filesOf(name).keys()];
    const kql = files.filter((file) => file.endsWith('.kql'));
    const others = new Set(files.filter((file) => !file.endsWith('.kql')).map(withoutHash));
    expect([...others].sort()).toEqual([...common, ...loadedByAll, ...ownParts[name]].sort());
    const folders = new Set(kql.map((file) => path.dirname(file)));
    const kinds = ['functions', 'jobs', 'sources', 'tables', 'views'].map((kind) => `kusto/${kind}`);
    expect([...folders].sort()).toEqual(name === 'changelog' ? kinds : []);
  });

  it('is small: a third of it is the page of the reference', () => {
    const sizes = [...filesOf(name).values()];
    const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20;
    expect(megabytes).toBeGreaterThan(3);
    expect(megabytes).toBeLessThan(6);
  });

  it('has neither the engine nor native modules, and leaves the core to the worker', () => {
    const code = [...filesOf(name).keys()]
      .filter((file) => file.startsWith('app/'))
      .map((file) => readFileSync(path.join(folderOf(name), file), 'utf8'))
      .join('\n');
    expect(code).toContain('"@azure/functions-core"');
    for (const absent of ['better-sqlite3', 'language-service-next', 'rregex'])
      expect([absent, code.includes(absent)]).toEqual([absent, false]);
    expect(code.includes('QueueServiceClient')).toBe(name === 'changelog');
  });

  it('says how it starts, and asks the host for extensions only where there is a queue', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(readJson(name, 'package.json')).toMatchObject({
      name: `deployments-${name}`,
      version,
      type: 'module',
      main: 'main.js',
    });
    const { extensionBundle, extensions, functionTimeout } = readJson(name, 'host.json');
    expect(Object.keys(extensions)).toEqual(name === 'changelog' ? ['http', 'queues'] : ['http']);
    expect(extensions.http.routePrefix).toBe('');
    expect(extensionBundle === undefined).toBe(name !== 'changelog');
    expect(functionTimeout).toBe('00:10:00');
  });
});

const reading = ['GET', 'HEAD', 'OPTIONS'];
const always = { health: reading, docs: reading, openapi: reading };

/** What each app is started with besides, its functions, and each of its operations with the status of an empty request. */
const driven: Readonly<
  Record<
    FunctionsApp,
    {
      readonly settings?: Readonly<Record<string, string>>;
      readonly functions: Readonly<Record<string, unknown>>;
      readonly operations: Readonly<Record<string, number>>;
    }
  >
> = {
  b2d: {
    functions: { b2d: reading, ...always },
    operations: {
      'get /b2d/v1/build2deployments': 400,
      'get /b2d/build2deployments': 400,
      'get /b2d/deployments': 400,
      'get /b2d/v1/entities': 400,
    },
  },
  d2b: {
    settings: { D2B_WARM_UP: '0-23', D2B_CACHE_SECONDS: '43200', REDIS_URL: 'redis://127.0.0.1:1' },
    functions: { d2b: reading, ...always, d2bWarmUp: '0 */10 * * * *' },
    operations: {
      'get /d2b/v1/deployment2build': 400,
      'get /d2b/deployment2build': 400,
      'get /d2b/builds': 400,
    },
  },
  p2b: {
    functions: { p2b: reading, ...always },
    operations: { 'get /p2b/v1/builds': 400, 'get /p2b/builds': 400 },
  },
  introspection: {
    functions: { introspection: [...reading, 'PUT', 'POST'], ...always },
    operations: {
      'get /introspection/v1/environments': 400,
      'get /introspection/v1/services': 400,
      'get /introspection/v1/deployments': 400,
      'get /introspection/v1/news': 400,
      'get /introspection/v1/commits/{id}': 400,
      'get /introspection/v1/pull-requests/{id}': 400,
      'get /introspection/v1/work-items/{id}': 400,
      'get /introspection/v1/measures': 400,
      'get /introspection/v1/settings': 400,
      'put /introspection/v1/settings': 400,
      'post /introspection/v1/settings/preview': 400,
    },
  },
  gates: {
    settings: { GATES_KEY: Buffer.alloc(32, 7).toString('base64') },
    functions: { ...always, gates: [...reading, 'POST', 'DELETE'], gateWaits: '*/15 * * * * *' },
    operations: {
      'post /gates/v1/evaluations': 400,
      'post /gates/v1/waits': 400,
      'delete /gates/v1/waits/{planId}/{jobId}/{taskId}': 400,
      'get /gates/v1/connection': 200,
    },
  },
  changelog: {
    settings: {
      CHANGELOG_SECRET: 'correct horse battery staple',
      CHANGELOG_STORAGE: 'UseDevelopmentStorage=true',
      CHANGELOG_RECONCILE: 'contoso',
      AZURE_DEVOPS_TOKEN: 'token',
      CANARY_URL: 'http://127.0.0.1:1',
      CANARY_BUILD: 'contoso/b32aa71e-8ed2-41b2-9d77-5bc261222004/1',
    },
    functions: {
      ...always,
      hooks: [...reading, 'POST'],
      events: 'azure-devops-events',
      artifacts: '20 * * * * *',
      environments: '40 * * * * *',
      reconcile: '0 */15 * * * *',
      mappingJobs: '*/30 * * * * *',
      canary: '30 */5 * * * *',
    },
    operations: { 'post /hooks/v1/events': 401 },
  },
};

describe.each(names)('the app of the package %s', (name) => {
  it('serves its API, the probes and the reference, every route of them', async () => {
    const { settings, functions, operations } = driven[name];
    const host = await startFunctionsHost(
      { KUSTO_CLUSTER: kusto.url, KUSTO_DATABASE: 'D', ...settings },
      path.join(folderOf(name), 'main.js'),
    );
    const triggers = [...host.triggers].map(([trigger, { methods, schedule, queueName }]) => [
      trigger,
      methods ?? schedule ?? queueName,
    ]);
    expect(Object.fromEntries(triggers)).toEqual(functions);

    const { paths, info } = JSON.parse((await host.http('/openapi.json')).body);
    expect(info.version).toBe(readJson(name, 'package.json').version);
    const statuses: Record<string, number> = {};
    for (const [route, methods] of Object.entries<object>(paths))
      for (const method of Object.keys(methods)) {
        const request = { method: method.toUpperCase(), ...(method === 'post' && { body: '{}' }) };
        statuses[`${method} ${route}`] = (await host.http(route.replaceAll(/\{\w+\}/g, 'x'), request)).status;
      }
    expect(statuses).toEqual({ ...operations, 'get /health/live': 200, 'get /health/ready': 200 });
    const pages = [
      '/docs',
      '/docs/start.js',
      '/docs/page.css',
      '/docs/swagger-ui-bundle.js',
      '/docs/swagger-ui.css',
    ];
    for (const page of pages) expect([page, (await host.http(page)).status]).toEqual([page, 200]);
    // The warm-up has nowhere to keep what it finds, and the canary nobody to ask: both say so in the log.
    for (const timer of ['d2bWarmUp', 'canary']) if (timer in functions) await host.timer(timer);
    expect(await host.terminate()).toBe(0);
  });
});

describe('the app of a package', () => {
  const exampleOf = {
    b2d: '/b2d/deployments?adoOrganizationName=o&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=1',
    d2b: '/d2b/builds?deploymentSource=pilotfish&deploymentId=20240213-171812-0123456789012345678901234567890123456789_1',
    p2b: '/p2b/builds?deploymentSource=pilotfish&payload=a%3Db',
  } as const;

  it.each(Object.entries(exampleOf))('asks Kusto: %s', async (name, example) => {
    const main = path.join(folderOf(name as FunctionsApp), 'main.js');
    const host = await startFunctionsHost(
      { KUSTO_CLUSTER: kusto.url, KUSTO_DATABASE: 'D', APIS: name },
      main,
    );
    expect([200, 204]).toContain((await host.http(example)).status);
    expect(await host.terminate()).toBe(0);
  });

  it('does not start with a service in APIS that it has no code of, and says so', () => {
    const start = () =>
      execFileSync(process.execPath, [path.join(folderOf('p2b'), 'main.js')], {
        env: {
          APIS: 'p2b,gates,changelog',
          AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
          KUSTO_CLUSTER: kusto.url,
          KUSTO_DATABASE: 'D',
        },
        stdio: 'pipe',
        encoding: 'utf8',
      });
    expect(start).toThrow('APIS names changelog, gates, and this package has p2b alone.');
  });
});
