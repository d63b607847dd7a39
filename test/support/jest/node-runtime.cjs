/**
 * Runs test files in Node's own context, and loads packages with Node's own loader, once for each worker. By itself
 * the runner makes a context for each test file, in which every global name is slow to look up, and loads all
 * packages into it again: that was half of what most test files took. The product's own modules are still new for each
 * test file.
 */
const { createRequire } = require('node:module');
const { dirname } = require('node:path');
const { pathToFileURL } = require('node:url');
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** They remember which kind of managed identity the machine has, and each test file plays another machine. */
const ofTestFile = /\/node_modules\/@azure\/(identity|msal-node)\//;
const isShared = (file) =>
  file.includes('/node_modules/') && !ofTestFile.test(file) && !file.endsWith('.json');

/** The modules of packages, by file. */
const imported = new Map();

/** Files by the folder and the name that they were imported by: all test files get the same. */
const files = new Map();

async function importPackage(file) {
  const exports = await import(pathToFileURL(file).href);
  const module = new vm.SyntheticModule(
    Object.keys(exports),
    () => {
      for (const [name, value] of Object.entries(exports)) module.setExport(name, value);
    },
    { identifier: file },
  );
  await module.link(() => undefined);
  await module.evaluate();
  return module;
}

/** The runner's own modules are new for each test file, but not what was compiled of them. */
const compiled = new Map();

/** That of the test file that runs. */
let current;

function compile(source, filename) {
  return vm.compileFunction(source, current.injectedModuleParameters, {
    filename,
    importModuleDynamically: (specifier, _, attributes) =>
      current.dynamicImport(specifier, filename, undefined, attributes),
  });
}

class NodeRuntime extends Runtime {
  constructor(...parameters) {
    super(...parameters);
    const { esmLoader, executor, _resolution: resolution } = this;
    // A module without a context belongs to Node's own.
    esmLoader.getContext = () => undefined;
    current = executor;
    executor.compile = (source, filename) => {
      const code = compiled.get(filename) ?? compile(source, filename);
      if (filename.includes('/node_modules/')) compiled.set(filename, code);
      return code;
    };
    // The runner loads modules in another way in newer versions of Node; this does without.
    resolution.canResolveSync = () => false;
    const resolveModule = esmLoader.resolveModule.bind(esmLoader);
    esmLoader.resolveModule = async (name, from, context) => {
      const isPackage = !/^(\.|data:|@jest\/globals$)/.test(name) && !resolution.isCoreModule(name);
      const file = isPackage ? await this.#fileOf(from, name) : '';
      if (!isShared(file)) return resolveModule(name, from, context);
      const module = imported.get(file) ?? importPackage(file);
      imported.set(file, module);
      return module;
    };
  }

  async #fileOf(from, name) {
    const key = `${dirname(from)}\n${name}`;
    const file = files.get(key) ?? (await this._resolution.resolveEsmAsync(from, name));
    files.set(key, file);
    return file;
  }

  requireModule(from, name, options, isRequireActual) {
    if (name && !options?.isInternalModule && !this._resolution.isCoreModule(name)) {
      const file = this._resolution.resolveCjs(from, name);
      if (isShared(file)) return createRequire(from)(file);
    }
    return super.requireModule(from, name, options, isRequireActual);
  }
}

module.exports = NodeRuntime;
