/**
 * Loads the `.kql` files of `kusto/` in an order that a database accepts: an object comes after everything that it
 * names, and policies come after all objects. A file holds one object and its policies.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Definition,
  DefinitionError,
  type ObjectDefinition,
  type PolicyDefinition,
  readDefinitions,
} from './definitions.ts';
import { inDependencyOrder } from './dependencies.ts';

/** The folder of the `.kql` files. */
export const kustoFolder = fileURLToPath(new URL('..', import.meta.url));

const objectFolders = ['tables', 'sources', 'functions', 'views'];

/**
 * Every definition below `folder`: the objects in dependency order, then their policies.
 *
 * @throws DefinitionError for a file that cannot be read or is not named after its object, two objects of one
 *   name, or objects that need each other
 */
export function loadDefinitions(folder: string = kustoFolder): Definition[] {
  const files = objectFolders.flatMap((name) => kqlFiles(`${folder}/${name}`)).map(loadFile);
  return [
    ...inDependencyOrder(files.map(({ object }) => object)),
    ...files.flatMap(({ policies }) => policies),
  ];
}

interface DefinitionFile {
  readonly object: ObjectDefinition;
  readonly policies: readonly PolicyDefinition[];
}

function loadFile(file: string): DefinitionFile {
  const [object, ...policies] = readDefinitions(file, readFileSync(file, 'utf8'));
  if (!object || object.kind === 'policy') {
    throw new DefinitionError(`${file}: expected a table, view or function, then its policies`);
  }
  if (object.name !== basename(file, '.kql')) {
    throw new DefinitionError(`${file}: defines ${object.name}; a file is named after its object`);
  }
  return { object, policies: policies.map((policy) => policyOf(object, policy, file)) };
}

function policyOf(object: ObjectDefinition, definition: Definition, file: string): PolicyDefinition {
  if (definition.kind !== 'policy' || definition.on !== object.kind || definition.name !== object.name) {
    throw new DefinitionError(`${file}: expected only policies of ${object.kind} ${object.name} after it`);
  }
  return definition;
}

/** The `.kql` files directly in `folder`, by name. */
export function kqlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.kql'))
    .sort()
    .map((file) => `${folder}/${file}`);
}
