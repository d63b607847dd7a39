/**
 * A parameter of the query whose value is the name of the table to read. It is asked for, and then stands in the query as
 * a `let`: the binder has to know the columns.
 */
import type { Syntax } from '../parse/syntax.ts';
import type { NameQuestion, StatementParameter } from '../statement.ts';
import { singleRow } from './queries.ts';
import { newColumn, type Relation } from './scope.ts';

/** The question for the value of a parameter that the query declares, and the row that answers it. */
export function nameQuestion(
  block: Syntax,
  slot: StatementParameter,
): { readonly rows: Relation; readonly question: NameQuestion } | undefined {
  if (slot.kind !== 'parameter') return undefined;
  const { name, type } = slot;
  for (const statement of block.parts('Statements')) {
    if (statement.kind !== 'QueryParametersStatement') continue;
    const declared = statement
      .parts('Parameters')
      .map((parameter) => parameter.part('NameAndType').part('Name'))
      .find((written) => written.name === name);
    const statementEnd = statement.endInQuery;
    if (declared?.endInQuery === undefined || statementEnd === undefined) continue;
    const nameEnd = declared.endInQuery - (/['"]\s*\]$/.exec(declared.text)?.[0].length ?? 0);
    const rows = singleRow([{ column: newColumn(name, type), expr: { kind: 'slot', slot, type } }]);
    return { rows, question: { kind: 'parameter', name, nameEnd, statementEnd } };
  }
  return undefined;
}
