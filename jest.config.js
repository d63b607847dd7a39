/**
 * Two projects: `node` runs as ES modules, as production does; `tab` runs in jsdom as CommonJS, because
 * azure-devops-ui ships ES modules without saying so and has to be transformed.
 */
const swc = (module, jsx) => [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', tsx: jsx },
      transform: jsx ? { react: { runtime: 'classic' } } : undefined,
    },
    module: { type: module },
    sourceMaps: 'inline',
  },
];

/** What runs only as a program (backend/hosts) or in a browser (devhost, a page's index.tsx) cannot be counted. */
const coveredFolders = [
  'api',
  'wait',
  'net',
  'settings',
  'azure-devops',
  'kusto/client',
  'kusto/demo',
  'kusto/engine',
  'kusto/jobs',
  'kusto/schema',
  'changelog',
  'backend/auth',
  'backend/cache',
  'backend/canary',
  'backend/docs',
  'backend/gates',
  'backend/health',
  'backend/introspection',
  'backend/limits',
  'backend/lookups',
  'backend/redis',
  'backend/rights',
  'backend/telemetry',
  'cli',
  'infra',
  'tasks',
  'tab',
  'test/integration',
  'bench/load-test',
];

export default {
  // Tests start real servers, and a busy machine is no failure: this only ends what hangs.
  testTimeout: 300_000,
  // What a file has loaded is not all forgotten after it.
  workerIdleMemoryLimit: '1500MB',
  testSequencer: './test/support/jest/longest-first.js',
  projects: [
    {
      displayName: 'node',
      rootDir: import.meta.dirname,
      cacheDirectory: '<rootDir>/node_modules/.cache/jest',
      runtime: '<rootDir>/test/support/jest/node-runtime.cjs',
      testEnvironment: '<rootDir>/test/support/jest/node-environment.js',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/tab/'],
      extensionsToTreatAsEsm: ['.ts'],
      transform: { '\\.ts$': swc('es6', false) },
    },
    {
      displayName: 'tab',
      rootDir: import.meta.dirname,
      cacheDirectory: '<rootDir>/node_modules/.cache/jest',
      runtime: '<rootDir>/test/tab/runtime.cjs',
      testEnvironment: '<rootDir>/test/tab/environment.js',
      testMatch: ['<rootDir>/test/tab/**/*.test.ts', '<rootDir>/test/tab/**/*.test.tsx'],
      transform: { '\\.(tsx?|js)$': swc('commonjs', true) },
      transformIgnorePatterns: ['/node_modules/(?!(azure-devops-ui|azure-devops-extension-sdk)/)'],
      moduleNameMapper: {
        '\\.(s?css)$': '<rootDir>/test/tab/style.stub.js',
        // Their ES modules cannot be required.
        '^(d3-[a-z-]+)$': '<rootDir>/node_modules/$1/dist/$1.js',
        '^azure-devops-extension-sdk$': '<rootDir>/node_modules/azure-devops-extension-sdk/esm/SDK.js',
      },
    },
  ],
  collectCoverageFrom: [
    '{net,settings,api,wait,azure-devops,kusto,changelog,backend,cli,infra,tasks,devhost,tab}/**/*.{ts,tsx}',
    'test/integration/*.ts',
    '!test/integration/*.{test,suite}.ts',
    'bench/load-test/*.ts',
    '!**/*.d.ts',
  ],
  coverageProvider: 'v8',
  coverageThreshold: Object.fromEntries(coveredFolders.map((folder) => [`./${folder}/`, { lines: 90 }])),
  // Cobertura is what pull requests show: see CONTRIBUTING.md.
  coverageReporters: ['text-summary', 'json-summary', 'lcov', 'cobertura'],
};
