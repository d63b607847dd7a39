/**
 * Compiles packages, and the runner's own modules, once for each worker. They run anew for each test file, in a context of
 * its own; compiling React and Azure DevOps' components again took as long as many test files.
 */
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** Compiled packages, by file. */
const scripts = new Map();

/** That of the test file that runs. */
let current;

function compile(source, filename) {
  const head = `(function (${current.injectedModuleParameters.join(', ')}) {`;
  return new vm.Script(`${head}${source}\n})`, {
    filename,
    columnOffset: -head.length,
    importModuleDynamically: (specifier, _, attributes) =>
      current.dynamicImport(specifier, filename, current.environment.getVmContext(), attributes),
  });
}

module.exports = class BrowserRuntime extends Runtime {
  constructor(...parameters) {
    super(...parameters);
    const { executor } = this;
    current = executor;
    const compileForFile = executor.compile.bind(executor);
    executor.compile = (source, filename) => {
      const context = executor.environment.getVmContext();
      if (!context || !filename.includes('/node_modules/')) return compileForFile(source, filename);
      const script = scripts.get(filename) ?? compile(source, filename);
      scripts.set(filename, script);
      return script.runInContext(context);
    };
  }
};
