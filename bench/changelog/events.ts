/** Service hook events for the benchmark: stages of runs, about as large as real ones. */
import { randomUUID } from 'node:crypto';

export const project = '6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c';

const collection = { id: 'c12d0eb8-e382-443b-9f9c-c52cba5014c2', baseUrl: 'https://dev.azure.com/bench/' };

/** A deployment stage of a run. */
export function stageBody(runId: number, stageName = 'deploy', state = 'running'): string {
  const pipeline = { id: 7, revision: 1, name: 'web-app', folder: '\\' };
  const web = { href: `https://dev.azure.com/bench/${project}/_build/results?buildId=${runId}` };
  return JSON.stringify({
    id: randomUUID(),
    eventType: 'ms.vss-pipelines.stage-state-changed-event',
    publisherId: 'pipelines',
    message: { text: `Run 20240101.${runId} stage ${stageName} ${state}.` },
    resource: {
      stage: {
        _links: { web },
        id: randomUUID(),
        name: stageName,
        displayName: stageName,
        attempt: 1,
        state,
        ...(state === 'completed' ? { result: 'succeeded' } : {}),
      },
      run: { _links: { web }, id: runId, name: `20240101.${runId}`, pipeline },
      pipeline,
      repositories: [{ type: 'Git', change: { author: { name: 'Ada' }, message: 'Fix it' } }],
    },
    resourceVersion: '5.1-preview.1',
    resourceContainers: {
      collection,
      account: collection,
      project: { id: project, baseUrl: collection.baseUrl },
    },
    createdDate: new Date().toISOString(),
  });
}
