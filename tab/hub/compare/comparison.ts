/** Two environments side by side: which services differ in them. */
import type { Cell, Placement } from '../../../api/introspection/contract.ts';
import type { ServiceRow } from '../environments/matrix.ts';

export type Verdict = 'same' | 'differs' | 'onlyLeft' | 'onlyRight';

export interface ComparedService {
  readonly service: string;
  readonly left: Placement | null;
  readonly right: Placement | null;
  readonly verdict: Verdict;
  /** The cell of the environment that is behind the other one, where the two are neighbours. */
  readonly behind: Cell | undefined;
}

/** The services that are in at least one of two environments. */
export function compared(rows: readonly ServiceRow[], left: string, right: string): ComparedService[] {
  return rows.flatMap(({ service, cells }): ComparedService[] => {
    const one = cells.get(left)?.Current ?? null;
    const other = cells.get(right)?.Current ?? null;
    if (!one && !other) return [];
    const verdict = !other ? 'onlyLeft' : !one ? 'onlyRight' : isSame(one, other) ? 'same' : 'differs';
    return [{ service: service.Name, left: one, right: other, verdict, behind: cells.get(right) }];
  });
}

/** The same build, or, from another run of the pipeline, the same commit. */
function isSame(one: Placement, other: Placement): boolean {
  if (one.Build.ProjectId === other.Build.ProjectId && one.Build.Id === other.Build.Id) return true;
  const isSameSource =
    one.Build.Repository === other.Build.Repository && one.Build.Pipeline === other.Build.Pipeline;
  return isSameSource && one.Build.Commit !== '' && one.Build.Commit === other.Build.Commit;
}

/** The environments to compare: those that were chosen, else the last two in the order of deployment. */
export function comparedPair(
  names: readonly string[],
  left: string,
  right: string,
): { readonly left: string; readonly right: string } {
  const known = (name: string) => (names.includes(name) ? name : '');
  const second = known(right) || (names.filter((name) => name !== left).at(-1) ?? '');
  const first = known(left) || (names.filter((name) => name !== second).at(-1) ?? '');
  return { left: first, right: second };
}
