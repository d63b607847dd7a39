/**
 * A day of polling in seconds: the whole task, with a simulated clock and answers that change at every poll, so that it
 * polls at its highest rate. Prints the heap for each hour.
 */

import { tmpdir } from 'node:os';
import { sleep } from '../../net/sleep.ts';
import { Agent } from '../../tasks/WaitForDeploymentsV1/agent.ts';
import { runTask } from '../../tasks/WaitForDeploymentsV1/run-task.ts';
import { agentLibrary } from '../../test/support/tasks/agent-library.ts';

/** The heap at the end of an hour, after garbage collection. */
export type HourOfPolling = { readonly hour: number; readonly polls: number; readonly heapMegabytes: number };

const hourMs = 3_600_000;
const deployments = 50;
const longestRequestMs = 11_000;
const began = Date.parse('2026-02-01T00:00:00Z');
let now = began;
let polls = 0;
const hours: HourOfPolling[] = [];

const agent = new Agent(
  agentLibrary({
    AGENT_TEMPDIRECTORY: tmpdir(),
    SYSTEM_COLLECTIONURI: 'https://dev.azure.com/contoso/',
    SYSTEM_TEAMPROJECTID: 'b32aa71e-8ed2-41b2-9d77-5bc261222004',
    BUILD_BUILDID: '1',
    INPUT_SERVICECONNECTION: 'bench',
    INPUT_TIMEOUT: '24h',
    ENDPOINT_URL_bench: 'https://deployments.example',
    ENDPOINT_AUTH_SCHEME_bench: 'Token',
    ENDPOINT_AUTH_PARAMETER_bench_APITOKEN: 'bench-token',
  }),
  () => {},
);

await runTask({
  agent,
  now: () => now,
  random: () => 0.5,
  signal: new AbortController().signal,
  fetch: async () => answer(++polls),
  sleep: async (milliseconds) => {
    now += milliseconds;
    // The event loop frees signals that have timed out, and a loop of promises never reaches it.
    await new Promise((resolve) => setImmediate(resolve));
    const hour = Math.floor((now - began) / hourMs);
    if (hour === hours.length) return;
    // Time limits of requests use the real clock, and have to expire before the last measurement.
    if (hour === 1 || hour === 24) await sleep(longestRequestMs);
    globalThis.gc?.();
    hours.push({ hour, polls, heapMegabytes: process.memoryUsage().heapUsed / 1_048_576 });
  },
});
console.log(JSON.stringify(hours));
process.exit(0);

function answer(poll: number): Response {
  const list = Array.from({ length: deployments }, (_, index) => ({
    Id: `StoreFront/${index}`,
    StartTime: '2026-02-01T00:00:00.0000000Z',
    EndTime: null,
    DeploymentUrl: `https://rollouts.example/${index}`,
    Source: 'expressv2',
    ChangeOwner: 'owner',
    ChangeOwnerType: 'ServiceId',
    ChangeState: (poll + index) % 2 === 0 ? 'InProgress' : 'NotStarted',
    Payloads: [{ Id: `service/${index}=1.0`, ProgressionLink: 'https://progress.example' }],
    LastUpdateTime: '2026-02-01T00:00:00.0000000Z',
  }));
  const body = {
    ADOOrganizationName: 'contoso',
    ADOProjectId: 'b32aa71e-8ed2-41b2-9d77-5bc261222004',
    ADOBuildId: 1,
    Deployments: list,
  };
  return Response.json(body);
}
