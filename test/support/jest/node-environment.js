/**
 * Node's environment, with Microsoft's Kusto parser loaded once for each worker instead of once for each test
 * file, and outside of the tests' own context: it lives on global names, which are slow to look up in there.
 */
import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';
import './coverage.js';

const require = createRequire(import.meta.url);

export default class NodeEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of ['Bridge', 'System', 'Kusto']) {
      Object.defineProperty(this.global, name, {
        configurable: true,
        get: () => library()[name],
      });
    }
  }
}

let loaded;

function library() {
  if (!loaded) {
    require('@kusto/language-service-next/bridge.min.js');
    require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
    const { Bridge, System, Kusto } = globalThis;
    loaded = { Bridge, System, Kusto };
  }
  return loaded;
}
