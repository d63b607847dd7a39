/**
 * Loads this folder's `.kql` files in the order in which a database takes them: an object comes after
 * everything that it names, and a policy after its table or view.
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

/** The folder of the `.kql` files: this one. */
export const kustoFolder = fileURLToPath(new URL('..', import.meta.url));

const objectFolders = ['tables', 'sources', 'functions', 'views'];

/**
 * Every definition below `folder`, in dependency order.
 *
 * @throws DefinitionError for a file that cannot be read or is not named after its object, two objects of one
 *   name, or objects that need each other
 */
export function loadDefinitions(folder: string = kustoFolder): Definition[] {
  const objects = objectFolders.flatMap((name) => loadObjects(`${folder}/${name}`));
  return [...inDependencyOrder(objects), ...loadPolicies(`${folder}/policies`)];
}

function loadObjects(folder: string): ObjectDefinition[] {
  return kqlFiles(folder).map((file) => {
    const [definition, ...more] = readDefinitions(file, readFileSync(file, 'utf8'));
    if (!definition || more.length > 0 || definition.kind === 'policy') {
      throw new DefinitionError(`${file}: expected one table, view or function`);
    }
    if (definition.name !== basename(file, '.kql')) {
      throw new DefinitionError(`${file}: defines ${definition.name}; a file is named after its object`);
    }
    return definition;
  });
}

function loadPolicies(folder: string): PolicyDefinition[] {
  return kqlFiles(folder).flatMap((file) =>
    readDefinitions(file, readFileSync(file, 'utf8')).map((definition) => {
      if (definition.kind !== 'policy' || definition.name !== basename(file, '.kql')) {
        throw new DefinitionError(`${file}: expected policies of ${basename(file, '.kql')}`);
      }
      return definition;
    }),
  );
}

/** The `.kql` files directly in `folder`, by name. */
export function kqlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.kql'))
    .sort()
    .map((file) => `${folder}/${file}`);
}

/**
 * Sorts objects so that each comes after those it names, and otherwise keeps their order.
 *
 * @throws DefinitionError for two objects of one name, or objects that need each other
 */
export function inDependencyOrder(objects: readonly ObjectDefinition[]): ObjectDefinition[] {
  const byName = new Map(objects.map((object) => [object.name, object]));
  const twice = objects.find((object) => byName.get(object.name) !== object);
  if (twice) throw new DefinitionError(`${twice.name} is defined twice`);

  const ordered = new Set<ObjectDefinition>();
  const visit = (object: ObjectDefinition, path: readonly string[]): void => {
    if (ordered.has(object)) return;
    if (path.includes(object.name)) {
      throw new DefinitionError(`these need each other: ${[...path, object.name].join(' > ')}`);
    }
    for (const name of namesIn(object)) {
      const needed = byName.get(name);
      if (needed && needed !== object) visit(needed, [...path, object.name]);
    }
    ordered.add(object);
  };
  for (const object of objects) visit(object, []);
  return [...ordered];
}

/** The words of an object's KQL that may be other objects' names; its column names and strings count too. */
function namesIn(object: ObjectDefinition): Iterable<string> {
  if (object.kind === 'table') return [];
  const text = object.kind === 'view' ? `${object.source}\n${object.query}` : object.body;
  return new Set(text.match(/\b[A-Za-z_]\w*\b/g));
}
