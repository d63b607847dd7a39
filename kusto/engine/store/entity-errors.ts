/** Refusals that name an entity, with the codes by which Kusto's clients tell them apart. */
import { KqlError } from '../errors.ts';
import { didYouMean } from '../nearest-name.ts';

/** The kinds of entities. */
export type EntityKind = 'Database' | 'Table' | 'Function' | 'MaterializedView' | 'MappingPersistent';

/** There is no such entity. @param known those of this kind that there are */
export function notFound(
  kind: EntityKind,
  name: string,
  known: readonly { readonly name: string }[],
): KqlError {
  const message = `Entity ID '${name}' of kind '${kind}' was not found.${didYouMean(
    name,
    known.map((one) => one.name),
  )}`;
  return new KqlError(message, { code: 'BadRequest_EntityNotFound' });
}

/** There is an entity of that name, perhaps of another kind. */
export function nameTaken(name: string): KqlError {
  return new KqlError(`An entity named '${name}' exists already`, {
    code: 'BadRequest_EntityNameIsNotUnique',
  });
}
