/** The answer to what a query asked before it could be compiled, put into its text. */
import type { Question } from '../statement.ts';
import { quoted, quotedText, schemaText } from './schema-question.ts';

/** A text, without line breaks, for a place in a query. */
export interface Addition {
  readonly offset: number;
  readonly text: string;
}

/** Behind the name of a parameter that a `let` replaces. */
const REPLACED = '__given';

/**
 * What belongs into the query, the last first.
 *
 * @param answer the rows that the statement of the question gives
 * @throws KqlError where they are no answer
 */
export function additionsOf(question: Question, answer: readonly (readonly unknown[])[]): Addition[] {
  if (question.kind !== 'parameter') return [{ offset: question.offset, text: schemaText(question, answer) }];
  const value = quotedText(String(answer[0]?.[0] ?? ''));
  return [
    { offset: question.statementEnd, text: `; let ${quoted(question.name)} = ${value}` },
    { offset: question.nameEnd, text: REPLACED },
  ];
}

/** The query with a text more. */
export function withAddition(query: string, { offset, text }: Addition): string {
  return `${query.slice(0, offset)}${text}${query.slice(offset)}`;
}
