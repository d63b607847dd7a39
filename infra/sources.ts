/** Everything that infra/ consists of, read once. What checks it takes it as a value, so that tests can change it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { functionsApps } from '../scripts/package/functions-apps.ts';
import { type LogAlert, logAlerts } from './alerts/alerts.ts';
import type { Json, JsonObject } from './json.ts';
import { loadPipelines, type Pipelines } from './pipelines/files.ts';
import { type Workbook, workbooks } from './workbooks/workbooks.ts';

/** infra/naming.json */
export interface Naming {
  /** Short names of regions, by their names. */
  readonly regions: Readonly<Record<string, string>>;
  /** Regions by the geography that Ev2 knows them in. */
  readonly geographies: Readonly<Record<string, readonly string[]>>;
  readonly names: Readonly<Record<string, string>>;
  readonly hosts: Readonly<Record<string, string>>;
  /** Regular expressions of names, by type of resources. */
  readonly rules: Readonly<Record<string, string>>;
}

/** A parameters file of an environment or of one of its regions. All settings are texts, as Ev2 replaces texts. */
export interface SettingsFile {
  readonly description: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface Environment extends SettingsFile {
  readonly regions: ReadonlyMap<string, SettingsFile>;
}

/** A database that others own. */
export interface SourceDatabase {
  readonly cluster: string;
  readonly database: string;
}

export interface Sources {
  readonly naming: Naming;
  /** API versions by type of resources. */
  readonly apiVersions: Readonly<Record<string, string>>;
  /** Ids of built-in roles by our names of them. */
  readonly roles: Readonly<Record<string, string>>;
  readonly environments: ReadonlyMap<string, Environment>;
  /** ARM templates by name. */
  readonly templates: ReadonlyMap<string, JsonObject>;
  /** Files of infra/ev2 that are JSON, by their path in it. */
  readonly ev2: ReadonlyMap<string, JsonObject>;
  /** Names of the scripts in infra/ev2/shell. */
  readonly ev2Scripts: ReadonlySet<string>;
  readonly pipelines: Pipelines;
  readonly apps: readonly string[];
  readonly databases: readonly SourceDatabase[];
  /** Ids of alerts that have a guide. */
  readonly guides: ReadonlySet<string>;
  readonly alerts: readonly LogAlert[];
  readonly workbooks: readonly Workbook[];
  readonly version: string;
}

const infra = path.join(import.meta.dirname);
const root = path.dirname(infra);

/** Reads the files. @throws SyntaxError that names a file which is not JSON */
export function loadSources(): Sources {
  const ev2Files = filesUnder(path.join(infra, 'ev2'));
  return {
    naming: readJson<Naming>('infra/naming.json'),
    apiVersions: readJson('infra/api-versions.json'),
    roles: readJson('infra/roles.json'),
    environments: loadEnvironments(),
    templates: new Map(
      jsonFiles('arm').map((name) => [name.slice(0, -5), readJson<JsonObject>(`infra/arm/${name}`)]),
    ),
    ev2: new Map(
      ev2Files
        .filter((file) => file.endsWith('.json'))
        .map((file) => [file, readJson<JsonObject>(`infra/ev2/${file}`)]),
    ),
    ev2Scripts: new Set(ev2Files.filter((file) => file.endsWith('.sh')).map((file) => path.basename(file))),
    pipelines: loadPipelines(),
    apps: Object.keys(functionsApps),
    databases: loadDatabases(),
    guides: new Set(
      filesUnder(path.join(root, 'docs/operations/alerts'))
        .filter((file) => file.endsWith('.md'))
        .map((file) => file.slice(0, -3)),
    ),
    alerts: logAlerts,
    workbooks,
    version: readJson<{ readonly version: string }>('package.json').version,
  };
}

function loadEnvironments(): Map<string, Environment> {
  const files = jsonFiles('environments').map((file) => file.slice(0, -5).split('.'));
  return new Map(
    files
      .filter(([, region]) => region === undefined)
      .map(([name = '']) => {
        const regions = files.flatMap(([environment, region]) =>
          environment === name && region !== undefined
            ? [[region, readJson<SettingsFile>(`infra/environments/${name}.${region}.json`)] as const]
            : [],
        );
        return [
          name,
          { ...readJson<SettingsFile>(`infra/environments/${name}.json`), regions: new Map(regions) },
        ];
      }),
  );
}

/** The databases of others that kusto/environments/production.json names, each once. */
function loadDatabases(): SourceDatabase[] {
  const { sources } = readJson<{
    readonly sources: Readonly<Record<string, { readonly cluster: string; readonly database: string }>>;
  }>('kusto/environments/production.json');
  const found = Object.values(sources).map(({ cluster, database }) => ({
    cluster: cluster.split('.')[0] ?? '',
    database,
  }));
  return [...new Map(found.map((one) => [`${one.cluster}/${one.database}`, one])).values()];
}

function jsonFiles(folder: string): string[] {
  return readdirSync(path.join(infra, folder)).filter((name) => name.endsWith('.json'));
}

/** Files in a folder and the folders in it; none if there is no such folder. */
function filesUnder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function readJson<T = Json>(file: string): T {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  } catch (error) {
    throw new SyntaxError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
