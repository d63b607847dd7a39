/**
 * The management commands that bring a definition into a database. Existing objects are altered in place, and no
 * data is dropped.
 */
import type {
  Definition,
  FunctionDefinition,
  ObjectDefinition,
  PolicyDefinition,
  ViewDefinition,
} from './definitions.ts';

/** The command that creates or alters what `definition` describes. */
export function commandFor(definition: Definition, action: 'create' | 'change'): string {
  switch (definition.kind) {
    case 'table': {
      const columns = definition.columns.map(({ name, type }) => `${name}: ${type}`).join(', ');
      return `.create-merge table ${definition.name} (${columns}) with (${description(definition)})`;
    }
    case 'function':
      return functionCommand(definition);
    case 'view':
      return viewCommand(definition, action);
    case 'policy':
      return policyCommand(definition);
  }
}

/** The command that drops an object that the caller named. */
export function dropCommand({ kind, name }: Pick<ObjectDefinition, 'kind' | 'name'>): string {
  return `.drop ${kqlKind(kind)} ${name}`;
}

function functionCommand(definition: FunctionDefinition): string {
  const skip = definition.skipValidation ? `, skipvalidation = 'true'` : '';
  return [
    `.create-or-alter function with (${description(definition)}${skip})`,
    `${definition.name}(${definition.parameters})\n{\n${definition.body}\n}`,
  ].join(' ');
}

/** A new view is filled from its table. On a cluster this may take long, so it runs as an operation. */
function viewCommand(
  { name, source, query, folder, docString }: ViewDefinition,
  action: 'create' | 'change',
) {
  const [verb, backfill] = action === 'create' ? ['.create async', 'backfill = true, '] : ['.alter', ''];
  const properties = `${backfill}folder = ${stringLiteral(folder)}, docString = ${stringLiteral(docString)}`;
  return `${verb} materialized-view with (${properties}) ${name} on table ${source}\n{\n${query}\n}`;
}

function policyCommand({ on, name, policy, setting }: PolicyDefinition): string {
  const verb = policy === 'retention' ? '.alter-merge' : '.alter';
  return `${verb} ${kqlKind(on)} ${name} policy ${policy} ${setting}`;
}

/** The word for a kind of object in commands. */
export function kqlKind(kind: ObjectDefinition['kind']): string {
  return kind === 'view' ? 'materialized-view' : kind;
}

function description({ folder, docString }: ObjectDefinition): string {
  return `folder = ${stringLiteral(folder)}, docstring = ${stringLiteral(docString)}`;
}

/** A KQL string literal. */
export function stringLiteral(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
