/** Whole numbers that stand beside a decimal become decimal. */
import { required } from '../functions/function-table.ts';
import { call, typeOf } from './expression.ts';
import type { Expr, Refuser } from './tree.ts';

/** The operands as they are, or all of them as decimals where one is. Real numbers are refused: they would be rounded. */
export function inDecimals(operands: readonly Expr[], at: Refuser): readonly Expr[] {
  if (!operands.some((operand) => typeOf(operand) === 'decimal')) return operands;
  return operands.map((operand) => {
    const type = typeOf(operand);
    if (type === 'decimal') return operand;
    if (type === 'int' || type === 'long') return call(required('todecimal'), [operand], 'decimal', at);
    if (type === 'real')
      return at.refuseUnsupported(
        'A decimal beside a real number is not supported: write it as decimal(…), or convert one with todecimal() or toreal()',
      );
    return at.refuseUnsupported(`A decimal beside a ${type} is not supported`);
  });
}
