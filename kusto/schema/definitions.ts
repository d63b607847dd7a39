/**
 * The contents of a `.kql` file as data, so that it can be ordered, rendered for an environment and compared
 * with a live database. The reader takes the one shape that the files of `kusto/` have: comment lines, a command
 * that defines an object, and commands that set its policies. Anything else is an error that names the file.
 */

export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
}

interface Named {
  readonly name: string;
  readonly folder: string;
  readonly docString: string;
}

export interface TableDefinition extends Named {
  readonly kind: 'table';
  readonly columns: readonly ColumnDefinition[];
}

/** `parameters` is the text between the parentheses, `body` the text between the braces. */
export interface FunctionDefinition extends Named {
  readonly kind: 'function';
  readonly parameters: string;
  readonly body: string;
  readonly skipValidation: boolean;
}

export interface ViewDefinition extends Named {
  readonly kind: 'view';
  readonly source: string;
  readonly query: string;
}

/**
 * A policy of the table or view called `name`. `setting` is the end of the command:
 * `softdelete = 730d recoverability = enabled`.
 */
export interface PolicyDefinition {
  readonly kind: 'policy';
  readonly on: 'table' | 'view';
  readonly name: string;
  readonly policy: PolicyName;
  readonly setting: string;
}

export const policyNames = ['retention', 'caching', 'streamingingestion', 'ingestiontime'] as const;
export type PolicyName = (typeof policyNames)[number];

/** An object with a name of its own in a database. */
export type ObjectDefinition = TableDefinition | FunctionDefinition | ViewDefinition;
export type Definition = ObjectDefinition | PolicyDefinition;

/** A `.kql` file cannot be read; the message names it and what was expected. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

const tablePattern = /^\.create-merge table (\w+)\s*\(([^)]*)\)\s*with \(([^)]*)\)$/;
const functionPattern =
  /^\.create-or-alter function with \((.*?)\) (\w+)\s*\(([^)]*)\)\s*\{\r?\n?([\s\S]*?)\s*\}$/;
const viewPattern =
  /^\.create-or-alter materialized-view with \((.*?)\) (\w+) on table (\w+)\s*\{\r?\n?([\s\S]*?)\s*\}$/;
const policyPattern = /^\.alter(?:-merge)? (table|materialized-view) (\w+) policy (\w+) (.+)$/;

/**
 * Reads one file's text.
 *
 * @param file its name, for errors
 * @throws DefinitionError if it does not have the shape that the files of `kusto/` have
 */
export function readDefinitions(file: string, text: string): Definition[] {
  return commandsOf(text).map((command) => {
    const definition =
      readTable(command) ?? readFunction(command) ?? readView(command) ?? readPolicy(command);
    if (!definition) throw new DefinitionError(`${file}: not a definition: ${command.slice(0, 60)}`);
    return definition;
  });
}

/** The commands in `text`: each starts with a dot at the beginning of a line; comments outside are dropped. */
export function commandsOf(text: string): string[] {
  return text
    .replace(/\r\n/g, '\n')
    .split(/^(?=\.)/m)
    .filter((part) => part.startsWith('.'))
    .map((command) => command.replace(/(?:^\/\/.*\n?|^\s*\n)+$/gm, '').trim());
}

function readTable(command: string): TableDefinition | undefined {
  const [, name, columns, properties] = tablePattern.exec(command) ?? [];
  if (name === undefined || columns === undefined || properties === undefined) return undefined;
  return { kind: 'table', name, columns: readColumns(columns), ...readDescription(properties) };
}

function readColumns(text: string): ColumnDefinition[] {
  return [...text.matchAll(/(\w+)\s*:\s*(\w+)/g)].map(([, name = '', type = '']) => ({ name, type }));
}

function readFunction(command: string): FunctionDefinition | undefined {
  const [, properties, name, parameters, body] = functionPattern.exec(command) ?? [];
  if (properties === undefined || name === undefined || parameters === undefined || body === undefined) {
    return undefined;
  }
  const skipValidation = property(properties, 'skipvalidation') === 'true';
  return { kind: 'function', name, parameters, body, skipValidation, ...readDescription(properties) };
}

function readView(command: string): ViewDefinition | undefined {
  const [, properties, name, source, query] = viewPattern.exec(command) ?? [];
  if (properties === undefined || name === undefined || source === undefined || query === undefined) {
    return undefined;
  }
  return { kind: 'view', name, source, query, ...readDescription(properties) };
}

function readPolicy(command: string): PolicyDefinition | undefined {
  const [, entity, name, word, setting] = policyPattern.exec(command) ?? [];
  const policy = policyNames.find((known) => known === word);
  if (name === undefined || setting === undefined || policy === undefined) return undefined;
  return { kind: 'policy', on: entity === 'table' ? 'table' : 'view', name, policy, setting };
}

function readDescription(properties: string): { folder: string; docString: string } {
  return { folder: property(properties, 'folder'), docString: property(properties, 'docstring') };
}

function property(properties: string, name: string): string {
  const pattern = new RegExp(`\\b${name} = (?:'([^']*)'|"([^"]*)")`, 'i');
  const [, single, double] = pattern.exec(properties) ?? [];
  return single ?? double ?? '';
}
