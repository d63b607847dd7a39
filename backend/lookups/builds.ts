/** The builds in the rows of D2B and P2B. */
import type { Build } from '../../api/contract.ts';
import { type Row, textOf } from '../../kusto/client/rows.ts';

/** The builds; a row without an id says only that what was asked for is known. */
export function buildsOf(rows: readonly Row[]): Build[] {
  return rows
    .filter((row) => textOf(row, 'Id') !== '')
    .map((row) => ({
      OrganizationName: textOf(row, 'OrganizationName'),
      ProjectId: textOf(row, 'ProjectId'),
      Id: textOf(row, 'Id'),
      Url: textOf(row, 'Url'),
      Source: 'ADO',
    }));
}
