/**
 * What the agent starts. The exit code is 0 whatever happens: the agent reads the result from
 * `task.complete`. On cancellation it sends SIGINT, then SIGTERM 7.5 seconds later.
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
  // Keep-alive connections would hold the process for seconds; everything has been written by now.
  process.stdout.write('', () => process.exit(0));
});
