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
const silence = () => new Writable({ write: (_text, _encoding, done) => done() });
interface Internal {
  _loadData(): void;
  _setStdStream(stream: Writable): void;
}
const internal: Internal = require('azure-pipelines-task-lib/internal.js');
// The library loads itself with what this process has, and says so.
internal._setStdStream(silence());
const library: AgentLibrary = require('azure-pipelines-task-lib/task.js');
let handedIn: string[] = [];

/** Hands `environment` to the library, in place of what was handed in before. */
export function agentLibrary(environment: Readonly<Record<string, string>>): AgentLibrary {
  for (const name of handedIn) delete process.env[name];
  handedIn = Object.keys(environment);
  Object.assign(process.env, environment);
  library.setStdStream(silence());
  internal._loadData();
  return library;
}
