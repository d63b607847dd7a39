/** The built task against the whole backend: KQL over raw events of deployments that progress. */
import { sampleBuild } from '../../kusto/demo/specification-sample.ts';
import type { Fate } from '../../kusto/demo/stories.ts';
import { startTestBackend, type TestBackend } from '../support/backend.ts';
import { tellRollouts } from '../support/engine/rollouts.ts';
import { agentEnvironment, buildTask, runTaskProcess } from '../support/tasks/agent-process.ts';

const quick = { pollInterval: '1s', settle: '0' };
const progressing = { organization: 'contoso', project: 'b32aa71e-8ed2-41b2-9d77-5bc261222004', id: 4_711 };
let backend: TestBackend;
let task: ReturnType<typeof buildTask>;

beforeAll(async () => {
  task = buildTask();
  backend = await startTestBackend();
});
afterAll(async () => {
  task.remove();
  await backend.close();
});

const tell = (...fates: Fate[]) => tellRollouts(backend.database, progressing, ...fates);

const run = (inputs: Record<string, string>, watch?: (stdout: string) => void) =>
  runTaskProcess({
    bundle: task.bundle,
    environment: agentEnvironment(backend.url, { ...quick, ...inputs }),
    ...(watch && { watch }),
  });

const sample = {
  organization: sampleBuild.organization,
  project: sampleBuild.project,
  buildId: String(sampleBuild.id),
};

describe("the specification's build, whose last of eight rollouts succeeded", () => {
  it('fails a wait for all', async () => {
    const ended = await run(sample);
    expect(ended).toMatchObject({ result: 'Failed', outputs: { outcome: 'failed', deploymentCount: '8' } });
  });

  it('satisfies a wait for any that looks past failures', async () => {
    const ended = await run({ ...sample, require: 'any', onFailure: 'wait' });
    expect(ended).toMatchObject({ result: 'Succeeded', outputs: { succeededCount: '1', failedCount: '7' } });
  });

  it('satisfies a wait for whatever end', async () => {
    expect(await run({ ...sample, waitFor: 'final' })).toMatchObject({ result: 'Succeeded' });
  });
});

it('waits from an unknown build over a running rollout to its success', async () => {
  const seen: string[] = [];
  const step = (text: string, stdout: string, act: () => Promise<void>) => {
    if (seen.includes(text) || !stdout.includes(text)) return;
    seen.push(text);
    act().catch((error: unknown) => seen.push(String(error)));
  };
  const ended = await run({}, (stdout) => {
    step('No deployment has appeared yet', stdout, () => tell('running'));
    step('(in progress)', stdout, () => tell('succeeded'));
  });
  expect(seen).toEqual(['No deployment has appeared yet', '(in progress)']);
  expect(ended).toMatchObject({
    result: 'Succeeded',
    outputs: { outcome: 'satisfied', succeededCount: '1' },
  });
});

it('waits through an absence of Kusto, and believes no answer from before it', async () => {
  let cut = false;
  const ended = await run(
    { ...sample, require: 'any', onFailure: 'wait', deployments: '!*', appearTimeout: '4s' },
    (stdout) => {
      if (cut || !stdout.includes('0 pass the filters')) return;
      cut = true;
      backend.kusto.fail({ kind: 'status', status: 503 }, 1_000);
      setTimeout(() => backend.kusto.recover(), 6_000);
    },
  );
  expect(ended.stdout).toContain('The service has not given a usable answer for');
  expect(ended).toMatchObject({ result: 'Failed', outputs: { outcome: 'neverAppeared' } });
});
