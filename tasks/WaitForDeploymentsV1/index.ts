/**
 * The entry point that the agent runs. It always exits with 0, because the agent reads the result from
 * `task.complete`. When the user cancels, the agent sends SIGINT and, 7.5 seconds later, SIGTERM.
 */

import * as library from 'azure-pipelines-task-lib/task.js';
import { sleep } from '../../net/sleep.ts';
import { Agent } from './agent.ts';
import { runTask } from './run-task.ts';

const cancellation = new AbortController();
process.once('SIGINT', () => cancellation.abort());
process.once('SIGTERM', () => cancellation.abort());

const agent = new Agent(library, (text) => {
  process.stdout.write(text);
});

runTask({
  agent,
  fetch,
  now: () => performance.timeOrigin + performance.now(),
  random: Math.random,
  signal: cancellation.signal,
  sleep,
}).finally(() => {
  // Keep-alive connections would keep the process running for seconds.
  process.stdout.write('', () => process.exit(0));
});
