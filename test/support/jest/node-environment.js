/**
 * Node's own globals for test files, which they share with the worker and with the packages that it has loaded: see
 * node-runtime.cjs. What a test file has changed of them is undone after it.
 */
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';
import './coverage.js';

const { exit } = process;
const { fetch } = globalThis;
const symbols = new Set(Object.getOwnPropertySymbols(globalThis));

export default class NodeEnvironment {
  constructor({ projectConfig: config }) {
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimersModern = new ModernFakeTimers({ config, global: globalThis });
    this.variables = { ...process.env };
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** The runner asks for one, and does without: see node-runtime.cjs. */
  getVmContext() {
    return globalThis;
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    process.exit = exit;
    globalThis.fetch = fetch;
    for (const name of Object.keys(process.env)) if (!(name in this.variables)) delete process.env[name];
    Object.assign(process.env, this.variables);
    // The runner keeps its tests and listeners under symbols; other packages' are there for good.
    for (const symbol of Object.getOwnPropertySymbols(globalThis))
      if (!symbols.has(symbol) && Symbol.keyFor(symbol) === undefined) delete globalThis[symbol];
    delete globalThis[Symbol.for('EVENT_HANDLERS')];
  }
}
