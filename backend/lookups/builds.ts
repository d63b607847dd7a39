/** The builds in the rows of D2B and P2B. */
import type { Build } from '../../api/contract.ts';
import { type Row, textOf } from '../../kusto/client/rows.ts';

export function buildOf(row: Row): Build {
  return {
    OrganizationName: textOf(row, 'OrganizationName'),
    ProjectId: textOf(row, 'ProjectId'),
    Id: textOf(row, 'Id'),
    Url: textOf(row, 'Url'),
    Source: 'ADO',
  };
}
