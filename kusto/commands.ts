/**
 * The management commands that bring a definition into a database. They are idempotent: what is there
 * already is altered in place, and no data is dropped.
 */
import type { Definition, FunctionDefinition, ObjectDefinition, PolicyDefinition } from './definitions.ts';

/** The command that creates or alters what `definition` describes. */
export function commandFor(definition: Definition): string {
  switch (definition.kind) {
    case 'table': {
      const columns = definition.columns.map(({ name, type }) => `${name}: ${type}`).join(', ');
      return `.create-merge table ${definition.name} (${columns}) with (${description(definition)})`;
    }
    case 'function':
      return functionCommand(definition);
    case 'view':
      return [
        `.create-or-alter materialized-view with (folder = ${text(definition.folder)}, docString = ${text(definition.docString)})`,
        `${definition.name} on table ${definition.source}\n{\n${definition.query}\n}`,
      ].join(' ');
    case 'policy':
      return policyCommand(definition);
  }
}

/** The command that drops an object, for one that was asked for by name. */
export function dropCommand({ kind, name }: Pick<ObjectDefinition, 'kind' | 'name'>): string {
  return `.drop ${kind === 'view' ? 'materialized-view' : kind} ${name}`;
}

function functionCommand(definition: FunctionDefinition): string {
  const skip = definition.skipValidation ? `, skipvalidation = 'true'` : '';
  return [
    `.create-or-alter function with (${description(definition)}${skip})`,
    `${definition.name}(${definition.parameters})\n{\n${definition.body}\n}`,
  ].join(' ');
}

function policyCommand({ table, policy, setting }: PolicyDefinition): string {
  const verb = policy === 'retention' ? '.alter-merge' : '.alter';
  return `${verb} table ${table} policy ${policy} ${setting}`;
}

function description({ folder, docString }: ObjectDefinition): string {
  return `folder = ${text(folder)}, docstring = ${text(docString)}`;
}

/** A KQL string literal. */
export function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
