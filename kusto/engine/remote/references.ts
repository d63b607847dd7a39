/**
 * Where a query names databases of other clusters, in its own text or in the stored functions that it calls. The binder
 * has to know their schemas before it reads the query, so they are found in the text.
 */
import type { Catalog } from '../catalog.ts';

/** `cluster('…').database('…')` in a text. */
export interface RemoteReference {
  readonly cluster: string;
  readonly database: string;
  /** As it is written. */
  readonly written: string;
  readonly offset: number;
  /** The text that it stands in: that of the query, or the body of `functionName`. */
  readonly text: string;
  readonly functionName?: string;
}

const WORD = /[A-Za-z_]\w*/g;

/** The references in `text` and in all stored functions that it reaches. */
export function remoteReferences({ entities }: Catalog, text: string): RemoteReference[] {
  const found: RemoteReference[] = [];
  const seen = new Set<string>();
  const visit = (part: string, functionName?: string): void => {
    found.push(...referencesIn(part, functionName));
    for (const [word] of part.matchAll(WORD)) {
      const entity = entities.get(word);
      if (entity?.kind !== 'function' || seen.has(word)) continue;
      seen.add(word);
      visit(entity.body, word);
    }
  };
  visit(text);
  return found;
}

function referencesIn(text: string, functionName: string | undefined): RemoteReference[] {
  const pattern = /\bcluster\s*\(\s*(["'])([^"'\n]*)\1\s*\)\s*\.\s*database\s*\(\s*(["'])([^"'\n]*)\3\s*\)/g;
  return [...withoutComments(text).matchAll(pattern)].map((match) => ({
    cluster: match[2] ?? '',
    database: match[4] ?? '',
    written: match[0],
    offset: match.index,
    text,
    ...(functionName !== undefined && { functionName }),
  }));
}

/** With blanks for comments; `//` after a colon is part of an address. */
function withoutComments(text: string): string {
  return text.replace(/(?<!:)\/\/[^\n]*/g, (comment) => ' '.repeat(comment.length));
}
