/** The name of a kind of step; a kind that this version does not know keeps its own. */
import { hubStrings } from '../strings.ts';

export function kindName(kind: string): string {
  return hubStrings.chain.kinds.get(kind) ?? kind;
}
