/**
 * Who may import whom. A folder's rule lists the folders it may import, besides net/; all others of ours are
 * forbidden. See docs/architecture.md. The tab's rule is in tab/biome.json, because this tool's parser cannot read
 * TSX: it calls swc without the option for it, and its other parser needs an older TypeScript.
 */
const ours =
  '^(net|settings|api|wait|azure-devops|kusto|changelog|backend|tab|tasks|cli|devhost|bench|scripts|infra|test)/';
const mayImport = (folder, others) => {
  const allowed = [...new Set([folder, 'net', ...others])];
  return {
    name: `${folder.replaceAll('/', '-')}-boundary`,
    comment: `${folder}/ may import only: ${allowed.join(', ')}`,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: { path: ours, pathNot: `^(${allowed.join('|')})/` },
  };
};

const product = ['settings', 'api', 'wait', 'azure-devops', 'kusto', 'changelog', 'backend', 'cli', 'tasks'];

module.exports = {
  forbidden: [
    mayImport('net', []),
    mayImport('settings', []),
    mayImport('api', []),
    mayImport('wait', ['api']),
    mayImport('azure-devops', ['settings']),
    mayImport('kusto', []),
    mayImport('kusto/client', []),
    mayImport('kusto/schema', ['kusto/client']),
    mayImport('kusto/jobs', ['kusto/client', 'kusto/schema']),
    mayImport('kusto/demo', ['kusto/client', 'kusto/jobs', 'kusto/schema']),
    mayImport('kusto/engine', []),
    mayImport('changelog', ['settings', 'api', 'azure-devops', 'kusto']),
    mayImport('backend', ['settings', 'api', 'wait', 'azure-devops', 'kusto', 'changelog']),
    mayImport('tasks', ['api', 'wait', 'azure-devops']),
    mayImport('cli', ['settings', 'api', 'wait', 'azure-devops', 'kusto', 'changelog', 'backend']),
    mayImport('devhost', []),
    mayImport('scripts', [...product, 'tab', 'devhost']),
    mayImport('test/integration', [...product, 'bench', 'scripts', 'test/support']),
    mayImport('infra', ['settings', 'changelog', 'backend', 'scripts']),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Scripts start what a build has put in dist/',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '/dist/' },
    },
    {
      name: 'production-depends-on-production',
      comment: 'The backend runs from its own dependencies; what is bundled may stand in devDependencies.',
      severity: 'error',
      from: { path: '^(net|settings|api|wait|azure-devops|kusto|changelog|backend|cli)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
