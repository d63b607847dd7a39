/**
 * The list of a deployment's entities against B2D of a build with one deployment, on the demonstration data: 500 and
 * 2,000 entities in one answer, asked for in turns, each time from Kusto and then from the cache.
 */
import { Agent, get } from 'node:http';
import type { Build2Deployment } from '../../api/contract.ts';
import { apiPaths } from '../../api/paths.ts';
import { sampleBuild } from '../../kusto/demo/specification-sample.ts';
import { startTestBackend } from '../../test/support/backend.ts';
import { percentile } from '../query/load.ts';
import type { BenchReport, Row } from '../report.ts';

export interface EntitiesBenchOptions {
  /** Requests of each kind. */
  readonly rounds: number;
}

const oneDeployment = 85084659;
const twoThousandClusters = 85084671;
const settings = { uncached: { B2D_CACHE_SECONDS: '0' }, cached: { B2D_CACHE_SECONDS: '60' } };

export async function benchEntities({ rounds }: EntitiesBenchOptions): Promise<BenchReport> {
  const rows: Row[] = [];
  for (const [kind, cache] of Object.entries(settings)) {
    const backend = await startTestBackend({ settings: cache, kustoTimeoutMs: 30_000 });
    const agent = new Agent({ keepAlive: true });
    try {
      rows.push(...(await measure(backend.url, kind, rounds, agent)));
    } finally {
      agent.destroy();
      await backend.close();
    }
  }
  return { rows, tables: { 'Milliseconds for an answer, and its ratio to B2D of one deployment': rows } };
}

async function measure(url: string, kind: string, rounds: number, agent: Agent): Promise<Row[]> {
  const b2d = (id: number) =>
    `${url}${apiPaths.b2d[0]}?${new URLSearchParams({ adoOrganizationName: sampleBuild.organization, adoProjectId: sampleBuild.project, adoBuildId: String(id) })}`;
  const { Deployments } = (await (await fetch(b2d(twoThousandClusters))).json()) as Build2Deployment;
  const [deployment] = Deployments;
  const entities = (top: number) =>
    `${url}${apiPaths.entities[0]}?${new URLSearchParams({ deploymentSource: 'pilotfish', deploymentId: deployment?.Id ?? '', top: String(top) })}`;
  const asked = [
    { answer: 'B2D of one deployment', url: b2d(oneDeployment) },
    { answer: 'B2D of the deployment over 2,000', url: b2d(twoThousandClusters) },
    { answer: '500 entities', url: entities(500) },
    { answer: '2,000 entities', url: entities(2_000) },
  ].map((one) => ({ ...one, times: [] as number[] }));
  for (let round = -10; round < rounds; round++) {
    for (const one of asked) {
      const began = performance.now();
      await read(one.url, agent);
      if (round >= 0) one.times.push(performance.now() - began);
    }
  }
  const median = ({ times }: { readonly times: readonly number[] }) =>
    percentile(
      [...times].sort((a, b) => a - b),
      0.5,
    );
  const [base] = asked;
  return asked.map((one) => ({
    answer: `${one.answer}, ${kind}`,
    p50: median(one),
    ratio: base ? median(one) / median(base) : Number.NaN,
  }));
}

function read(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
      response.resume().on('end', resolve).on('error', reject);
    }).on('error', reject);
  });
}
