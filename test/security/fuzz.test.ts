/**
 * Generated requests over every port, over real sockets: no exception that nobody catches, no 500, no request without
 * an end, and what the contract allows is answered as it says. `FUZZ_REQUESTS` is their number, `FUZZ_SEED` repeats
 * a run.
 */
import { connect } from 'node:net';
import { introspectionPaths } from '../../api/introspection/paths.ts';
import { type FuzzedRequest, fuzzedRequests } from '../support/security/fuzzed-requests.ts';
import { type PortName, type Product, startProduct } from '../support/security/product.ts';
import { rawRequest, sendRaw } from '../support/security/raw-request.ts';
import { until } from '../support/until.ts';

const requests = Number(process.env.FUZZ_REQUESTS ?? 400);
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const atOnce = 12;
/** For one that may be incomplete: after this long without an answer, there is no more to come. */
const patienceMs = 150;

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await until(async () => (await fetch(`${product.origins.api}/health/ready`)).ok);
  await untilIntrospectionIsCompiled();
  const create = JSON.stringify({ csl: '.create-merge table Fuzzed (Text: string)' });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${product.token}` };
  for (const port of ['engine', 'served'] as const) {
    const answer = await fetch(`${product.origins[port]}/v1/rest/mgmt`, {
      method: 'POST',
      headers,
      body: create,
    });
    expect(answer.status).toBe(200);
  }
});
afterAll(() => product.stop());

/** The process is ready before the engine has compiled these queries, and answers 503 until it has. */
async function untilIntrospectionIsCompiled(): Promise<void> {
  const project = 'adoOrganizationName=contoso&adoProjectId=8b6358fe-bbf2-af68-9a9b-7ce2cf255eca';
  const place = `${project}&service=a&environment=b&deploymentSource=azurepipelines&deploymentId=c`;
  for (const path of Object.values(introspectionPaths)) {
    if (path === introspectionPaths.settingsPreview) continue;
    const url = `${product.origins.api}${path.replace(':id', '1234567')}?${place}`;
    await until(async () => (await fetch(url)).status !== 503);
  }
}

/** The status of an answer; undefined where the connection was closed without one. */
async function statusOf({ port, bytes, allowed }: FuzzedRequest): Promise<number | undefined> {
  if (allowed) return (await sendRaw(product.origins[port], bytes)).status;
  const { hostname, port: number } = new URL(product.origins[port]);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(number), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => socket.end(), patienceMs);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
      resolve(status === undefined ? undefined : Number(status));
    });
  });
}

/** 503 says that a busy machine had no place; everything else from 500 up is a fault of ours. */
function isFault(status: number | undefined, allowed: readonly number[] | undefined): boolean {
  if (allowed) return status === undefined || ![...allowed, 503].includes(status);
  return status !== undefined && status >= 500 && status !== 503;
}

it(`survives ${requests} generated requests, and answers those that the contract allows (seed ${seed})`, async () => {
  const waiting = fuzzedRequests(requests, seed, product);
  const counts: Record<string, number> = {};
  const faults: string[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const status = await statusOf(next);
      const kind = `${next.port} ${next.allowed ? 'allowed' : 'odd'} ${status}`;
      counts[kind] = (counts[kind] ?? 0) + 1;
      if (isFault(status, next.allowed))
        faults.push(`${next.port} answered ${status}: ${JSON.stringify(next.bytes.toString('latin1'))}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (process.env.FUZZ_REQUESTS) console.log(seed, counts);
  expect(faults.map((fault) => fault.slice(0, 1_500)).slice(0, 10)).toEqual([]);
  expect(product.troubles().filter((line) => !line.includes('"status":503'))).toEqual([]);

  // What was allowed was answered, mostly with success.
  const answered = Object.entries(counts).filter(
    ([kind]) => kind.includes('allowed') && !kind.endsWith(' 503'),
  );
  expect(answered.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(requests / 5);
  const after: Record<PortName, number | undefined> = { api: 0, engine: 0, page: 0, files: 0, served: 0 };
  for (const [port, path] of [
    ['api', '/health/live'],
    ['engine', '/health'],
    ['page', '/'],
    ['files', '/build-results.html'],
    ['served', '/health'],
  ] as const) {
    const origin = product.origins[port];
    after[port] = (await sendRaw(origin, rawRequest(origin, { path }))).status;
  }
  expect(after).toEqual({ api: 200, engine: 200, page: 200, files: 200, served: 200 });
});
