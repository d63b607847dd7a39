/**
 * Packages the Functions apps: everything that an app runs, in one folder that is deployed as it is. All apps are
 * bundled at once; a package gets the files that its services load. `@azure/functions-core` stays outside, because the
 * Functions worker alone has it. The engine and native modules are in no package: data is in a cluster there.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { serviceNames } from '../../backend/settings.ts';
import { kqlFiles } from '../../kusto/schema/load.ts';
import { requireBanner, sourcePlaces } from '../build/source-places.ts';
import { type FunctionsApp, functionsApps, modulesOfServices } from './functions-apps.ts';

const entry = 'backend/hosts/functions-app.ts';
/** Where a package's code is, in a folder of its own. */
const codeFolder = 'app';

/** Packages every app into `target`, which is emptied first. @returns the folder of each */
export async function packageFunctions(target = 'dist/functions'): Promise<Map<FunctionsApp, string>> {
  rmSync(target, { recursive: true, force: true });
  const bundle = await bundleApps();
  const folders = new Map<FunctionsApp, string>();
  for (const name of Object.keys(functionsApps) as FunctionsApp[]) {
    const folder = path.join(target, name);
    writePackage(folder, name, bundle);
    folders.set(name, folder);
  }
  return folders;
}

/** The files that esbuild made, by the name in the package. */
interface Bundle {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly outputs: Metafile['outputs'];
}

async function bundleApps(): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    outdir: codeFolder,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['@azure/functions-core'],
    // Modules in CommonJS ask for Node's own modules, and the library for the worker's.
    banner: { js: requireBanner },
    plugins: [sourcePlaces('.ts')],
    legalComments: 'inline',
    logLevel: 'warning',
  });
  const files = outputFiles.map(({ path: file, contents }) => [path.relative('', file), contents] as const);
  return { files: new Map(files), outputs: metafile.outputs };
}

function writePackage(folder: string, name: FunctionsApp, { files, outputs }: Bundle): void {
  const services = functionsApps[name];
  const hasJobs = services.some((service) => service === 'jobs');
  mkdirSync(path.join(folder, codeFolder), { recursive: true });
  for (const file of filesFor(name, outputs)) writeFileSync(path.join(folder, file), files.get(file) ?? '');
  writeFileSync(path.join(folder, 'main.js'), mainOf(services));
  writeJson(path.join(folder, 'package.json'), packageOf(name));
  writeJson(path.join(folder, 'host.json'), hostOf(hasJobs));
  copy(folder, [
    'LICENSE',
    ...['package.json', 'LICENSE', 'NOTICE', 'swagger-ui.css', 'swagger-ui-bundle.js'].map(
      (file) => `node_modules/swagger-ui-dist/${file}`,
    ),
  ]);
  // The jobs are read from their files, and find in those of the other objects what they map from.
  if (hasJobs)
    copy(
      folder,
      ['jobs', 'tables', 'sources', 'functions', 'views'].flatMap((kind) => kqlFiles(`kusto/${kind}`)),
    );
}

/** The files that an app loads, now or later, without those for services of other apps. */
function filesFor(name: FunctionsApp, outputs: Metafile['outputs']): Set<string> {
  const services: readonly string[] = functionsApps[name];
  const isNeeded = (source: string | undefined): boolean =>
    (modulesOfServices[source ?? ''] ?? serviceNames).some((service) => services.includes(service));
  const needed = new Set<string>();
  const waiting = Object.keys(outputs).filter((file) => outputs[file]?.entryPoint === entry);
  for (const file of waiting) {
    if (needed.has(file) || !isNeeded(outputs[file]?.entryPoint)) continue;
    needed.add(file);
    for (const { path: imported, external } of outputs[file]?.imports ?? [])
      if (!external) waiting.push(imported);
  }
  return needed;
}

function mainOf(services: readonly string[]): string {
  return `import { startFunctionsApp } from './${codeFolder}/functions-app.js';\n\nawait startFunctionsApp(process.env, ${JSON.stringify(services)});\n`;
}

function packageOf(name: string): object {
  const { version, license, engines } = readJson('package.json');
  return {
    name: `deployments-${name}`,
    version,
    private: true,
    license,
    type: 'module',
    main: 'main.js',
    engines,
  };
}

/** The host runs HTTP and timers by itself. Only a queue needs the extensions, which an app loads at every start. */
function hostOf(hasQueue: boolean): object {
  const host = readJson('host.json');
  if (hasQueue) return host;
  const { extensionBundle: _bundle, extensions, ...others } = host;
  return { ...others, extensions: { http: extensions.http } };
}

function copy(folder: string, files: readonly string[]): void {
  for (const file of files) cpSync(file, path.join(folder, file));
}

function readJson(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
