/**
 * Environments differ in the clusters that source data is read from and in the hosts that links lead to. An
 * environment file (`kusto/environments/*.json`) says which; `render` writes them into the definitions.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Definition, FunctionDefinition } from './definitions.ts';
import { kustoFolder } from './load.ts';

const environmentsFolder = `${kustoFolder}/environments`;

/** A database on another cluster, which is named by its host, or by its URL where that says more. */
export interface RemoteDatabase {
  readonly cluster: string;
  readonly database: string;
}

/** The function that reads each source. A source that an environment does not mention is a local table. */
const sourceFunctions = {
  ChangeEvent: 'ChangeEventSource',
  DeploymentAuditEvent: 'DeploymentAuditEventSource',
  PFBuilderMessage: 'PFBuilderMessageSource',
  BuildArtifact: 'BuildArtifactSource',
  EntityChangeEvents: 'EntityChangeEventsSource',
} as const;
export type SourceName = keyof typeof sourceFunctions;

/** Sources that we add to: what another cluster has is read together with what our own database has. */
const sharedSources: readonly SourceName[] = ['BuildArtifact', 'EntityChangeEvents'];

const linkNames = ['Ev2Rollout', 'AzDeployerRelease', 'Progression', 'ProgressionPage'] as const;
export type LinkName = (typeof linkNames)[number];

export interface Environment {
  readonly description: string;
  readonly sources: Readonly<Partial<Record<SourceName, RemoteDatabase>>>;
  readonly links: Readonly<Partial<Record<LinkName, string>>>;
  /**
   * How old the materialized part of our view of entity events may be to answer without the rows that came in since:
   * a KQL timespan such as `1m`, or `0s` to read those rows every time.
   */
  readonly maxAge: string;
}

/** A wait settles in two minutes: what it looks at may be one minute old. */
const defaultMaxAge = '1m';

/** An environment file is wrong; the message names the setting and what it should be. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/**
 * Reads an environment by the name of a file in `kusto/environments`, or by a path to a JSON file.
 *
 * @throws EnvironmentError naming the file or the setting that is wrong
 */
export function loadEnvironment(nameOrPath: string): Environment {
  const own = `${environmentsFolder}/${nameOrPath}.json`;
  const path = /^[\w-]+$/.test(nameOrPath) && existsSync(own) ? own : nameOrPath;
  if (!existsSync(path)) {
    const names = readdirSync(environmentsFolder).map((file) => file.replace('.json', ''));
    throw new EnvironmentError(
      `environment ${nameOrPath}: expected one of ${names.join(', ')}, or a JSON file`,
    );
  }
  return validateEnvironment(parseFile(path));
}

/**
 * Checks the contents of an environment file.
 *
 * @throws EnvironmentError naming the setting that is wrong
 */
export function validateEnvironment(json: unknown): Environment {
  const {
    description = '',
    sources = {},
    links = {},
    maxAge = defaultMaxAge,
  } = record('an environment', json);
  if (typeof description !== 'string') throw new EnvironmentError('description: expected text');
  if (typeof maxAge !== 'string' || !/^\d{1,4}(?:s|m|h)$/.test(maxAge)) {
    throw new EnvironmentError('maxAge: expected a timespan such as 30s or 1m');
  }
  const remotes: Partial<Record<SourceName, RemoteDatabase>> = {};
  for (const [name, value] of Object.entries(record('sources', sources))) {
    remotes[oneOf('sources', name, Object.keys(sourceFunctions) as SourceName[])] = remoteDatabase(
      name,
      value,
    );
  }
  const hosts: Partial<Record<LinkName, string>> = {};
  for (const [name, value] of Object.entries(record('links', links))) {
    if (typeof value !== 'string') throw new EnvironmentError(`links.${name}: expected text`);
    hosts[oneOf('links', name, linkNames)] = value;
  }
  return { description, sources: remotes, links: hosts, maxAge };
}

/** Points the sources at the environment's clusters and the links at its hosts. */
export function render(definitions: readonly Definition[], environment: Environment): Definition[] {
  return definitions.map((definition) => {
    if (definition.kind !== 'function') return definition;
    if (definition.name === 'Links') return renderLinks(definition, environment);
    return renderSource(definition, environment);
  });
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new EnvironmentError(`${path}: ${error}`, { cause: error });
  }
}

/** `materialized_view('Name', 1m)` */
const viewOfAge = /^(materialized_view\('\w+'), \w+\)$/;

function renderSource(definition: FunctionDefinition, { sources, maxAge }: Environment): FunctionDefinition {
  const source = (Object.keys(sourceFunctions) as SourceName[]).find(
    (name) => sourceFunctions[name] === definition.name,
  );
  if (!source) return definition;
  const [indentation = ''] = /^\s*/.exec(definition.body) ?? [];
  const here = definition.body.trim();
  const own = here.replace(viewOfAge, maxAge === '0s' ? '$1)' : `$1, ${maxAge})`);
  const remote = sources[source];
  if (!remote) return { ...definition, body: indentation + own };
  const database = `cluster('${remote.cluster}').database('${remote.database}')`;
  // The owner's view is read as it is now: no source shows the form with an age across clusters.
  const there = `${database}.${here.replace(viewOfAge, '$1)')}`;
  const body = sharedSources.includes(source) ? `union (${there}), (${own})` : there;
  return { ...definition, body: indentation + body };
}

function renderLinks(definition: FunctionDefinition, { links }: Environment): FunctionDefinition {
  const body = definition.body.replace(/\{[\s\S]*\}/, (defaults) => {
    const merged = { ...record('Links()', JSON.parse(defaults)), ...links };
    return JSON.stringify(merged, null, 4).replaceAll('\n', '\n    ');
  });
  return { ...definition, body };
}

function remoteDatabase(source: string, value: unknown): RemoteDatabase {
  const { cluster, database } = record(`sources.${source}`, value);
  if (typeof cluster !== 'string' || !/^(?:https?:\/\/)?[a-z0-9][a-z0-9.-]*(?::\d{1,5})?$/i.test(cluster)) {
    throw new EnvironmentError(
      `sources.${source}.cluster: expected a host name, such as help.kusto.windows.net`,
    );
  }
  if (typeof database !== 'string' || !/^[\w .-]+$/.test(database)) {
    throw new EnvironmentError(`sources.${source}.database: expected the name of a database`);
  }
  return { cluster, database };
}

function oneOf<T extends string>(setting: string, name: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === name);
  if (!found) throw new EnvironmentError(`${setting}.${name}: expected one of ${allowed.join(', ')}`);
  return found;
}

function record(setting: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EnvironmentError(`${setting}: expected an object`);
  }
  return { ...value };
}
