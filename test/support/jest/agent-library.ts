/**
 * azure-pipelines-task-lib as a task finds it after the agent has handed in `environment`. The library keeps
 * what it read in this process, so the last call holds.
 */
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { Writable } from 'node:stream';
import type { AgentLibrary } from '../../../tasks/WaitForDeploymentsV1/agent.ts';

// Where the library keeps a key of its own; its default is the current folder.
process.env.AGENT_TEMPDIRECTORY ??= tmpdir();
const require = createRequire(import.meta.url);
const library: AgentLibrary = require('azure-pipelines-task-lib/task.js');
const internal: { _loadData(): void } = require('azure-pipelines-task-lib/internal.js');
let handedIn: string[] = [];

/** Hands `environment` to the library, in place of what was handed in before. */
export function agentLibrary(environment: Readonly<Record<string, string>>): AgentLibrary {
  for (const name of handedIn) delete process.env[name];
  handedIn = Object.keys(environment);
  Object.assign(process.env, environment);
  library.setStdStream(new Writable({ write: (_text, _encoding, done) => done() }));
  internal._loadData();
  return library;
}
