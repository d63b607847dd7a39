/** A process that is overloaded says so at once, and goes on when it has caught up. */
import { startTestApp } from '../../support/backend.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { until } from '../../support/until.ts';

const b2d =
  '/b2d/v1/build2deployments?adoOrganizationName=o&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=1';
const origin = 'https://pages.example.com';

let kusto: KustoProxy;
beforeAll(async () => {
  kusto = await startKustoProxy(undefined, answerOf(['Found', 'DeploymentId'], [[false, '']]));
});
afterAll(() => kusto.close());

/** Keeps the event loop busy, so that every turn of it takes a while. */
async function overload(milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const turn = performance.now() + 100;
    while (performance.now() < turn);
    await new Promise(setImmediate);
  }
}

test('requests are answered 503 while the event loop is late, probes are answered, and it passes', async () => {
  const api = await startTestApp(kusto.url, 'D', { MAX_EVENT_LOOP_DELAY_MS: '50', CORS_ORIGINS: origin });
  const ask = (path: string): Promise<Response> => fetch(api.url + path, { headers: { origin } });
  await until(async () => (await ask(b2d)).status === 204);
  await overload(2_300);
  const refused = await ask(b2d);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
  expect(await refused.json()).toEqual({
    code: '503',
    message: 'Service Unavailable',
    traceId: refused.headers.get('x-trace-id'),
  });
  expect((await ask('/health/live')).status).toBe(200);
  await until(async () => (await ask(b2d)).status === 204);
  await api.close();
});

test('with a limit of 0 nothing is refused', async () => {
  const api = await startTestApp(kusto.url, 'D', { MAX_EVENT_LOOP_DELAY_MS: '0' });
  await overload(1_200);
  expect((await fetch(api.url + b2d)).status).toBe(204);
  await api.close();
});
