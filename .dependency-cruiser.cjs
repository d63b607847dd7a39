/**
 * Who may import whom. A folder's rule lists what it may reach; everything else of ours is forbidden.
 * See docs/architecture.md for the picture. The tab's rule stands in biome.json: its TSX cannot be read here.
 */
const ours = '^(api|wait|azure-devops|kusto|changelog|backend|tab|tasks|cli|devhost|bench|scripts|test)/';
const mayImport = (folder, allowed) => ({
  name: `${folder.replaceAll('/', '-')}-boundary`,
  comment: `${folder}/ may import only: ${[folder, ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { path: ours, pathNot: `^(${[folder, ...allowed].join('|')})/` },
});

module.exports = {
  forbidden: [
    mayImport('api', []),
    mayImport('wait', ['api']),
    mayImport('azure-devops', []),
    mayImport('kusto/client', []),
    mayImport('kusto/schema', ['kusto/client']),
    mayImport('kusto/jobs', ['kusto/client', 'kusto/schema']),
    mayImport('kusto/demo', ['kusto/client', 'kusto/jobs', 'kusto/schema']),
    mayImport('kusto/engine', []),
    mayImport('changelog', ['api', 'azure-devops', 'kusto']),
    mayImport('backend', ['api', 'wait', 'azure-devops', 'kusto', 'changelog']),
    mayImport('tasks', ['api', 'wait']),
    mayImport('cli', ['api', 'wait', 'azure-devops', 'kusto', 'changelog', 'backend']),
    mayImport('devhost', []),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'production-depends-on-production',
      comment: 'The backend runs from its own dependencies; what is bundled may stand in devDependencies.',
      severity: 'error',
      from: { path: '^(api|kusto|backend|cli)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
