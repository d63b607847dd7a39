/** What screen readers hear after the matrix has been refreshed: its changes, or nothing. */
import type { Cell, Environments } from '../../../api/introspection/contract.ts';
import { placementStateWord, versionOf } from '../../components/PlacementMark.tsx';
import type { Knowledge } from '../../live/live-answer.ts';
import { hubStrings } from '../strings.ts';

const mostNamed = 3;

/** One sentence for each change; empty if nothing has changed and nobody asked. */
export function announceMatrix(
  before: Knowledge<Environments>,
  after: Knowledge<Environments>,
  wanted: boolean,
): string {
  const words = hubStrings.matrix;
  if (after.kind !== 'found') return '';
  if (before.kind !== 'found')
    return words.loaded(after.body.Services.length, after.body.Environments.length);
  if (!before.refreshError && after.refreshError) return words.staleAnnounced;
  const sentences = before.body === after.body ? [] : changes(before.body, after.body);
  if (before.refreshError && !after.refreshError) sentences.unshift(words.recovered);
  if (sentences.length > mostNamed) return words.manyChanged(sentences.length);
  return sentences.join(' ') || (wanted ? words.unchanged : '');
}

function changes(before: Environments, after: Environments): string[] {
  const known = new Map(before.Cells.map((cell) => [keyOf(cell), cell]));
  return after.Cells.flatMap((cell) => {
    const old = known.get(keyOf(cell));
    const { Service, Environment, Current, Since } = cell;
    if (Current && old?.Current?.DeploymentId !== Current.DeploymentId)
      return [hubStrings.matrix.arrived(Service, Environment, versionOf(Current))];
    const newest = Since[0];
    const oldest = old?.Since[0];
    if (newest && (newest.DeploymentId !== oldest?.DeploymentId || newest.State !== oldest.State))
      return [hubStrings.matrix.changed(Service, Environment, versionOf(newest), placementStateWord(newest))];
    return [];
  });
}

const keyOf = ({ Service, Environment }: Cell) => JSON.stringify([Service, Environment]);
