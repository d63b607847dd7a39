/** The announcement for screen readers after a refresh: the changes, or nothing. */
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';
import { messageOf } from './knowledge-message.ts';
import type { Knowledge } from './live-deployments.ts';
import { summarize } from './summary.ts';

const mostNamed = 3;

/**
 * One sentence for each change between two states of knowledge; empty if nothing has changed.
 *
 * @param anonymous whether the page sends no token
 */
export function announcement(before: Knowledge, after: Knowledge, anonymous = false): string {
  const message = messageOf(after, anonymous);
  if (message)
    return message.title === messageOf(before, anonymous)?.title ? '' : `${message.title}. ${message.text}`;
  if (after.kind !== 'deployments') return '';
  if (before.kind !== 'deployments') return strings.announce.loaded(summarize(after.rows).headline);
  if (!before.refreshError && after.refreshError) return strings.announce.stale;
  const recovered = before.refreshError && !after.refreshError ? [strings.announce.recovered] : [];
  return [...recovered, ...changes(before.rows, after.rows)].join(' ');
}

function changes(before: readonly DeploymentRow[], after: readonly DeploymentRow[]): string[] {
  if (before === after) return [];
  const stateBefore = new Map(before.map((row) => [row.key, row.state]));
  const added = after.filter((row) => !stateBefore.has(row.key));
  const moved = after.filter((row) => stateBefore.has(row.key) && stateBefore.get(row.key) !== row.state);
  // Within a deployment that keeps its state, only failures are worth a word.
  const failedBefore = new Map(before.map((row) => [row.key, row.progress?.Failed ?? 0]));
  const failing = after
    .filter((row) => failedBefore.has(row.key) && !moved.includes(row))
    .map((row): [DeploymentRow, number] => [row, row.progress?.Failed ?? 0])
    .filter(([row, failed]) => failed !== failedBefore.get(row.key));
  if (moved.length > mostNamed) return [`${summarize(after).headline}.`];
  return [
    ...(added.length > 0 ? [strings.announce.added(added.length)] : []),
    ...moved.map((row) => strings.announce.changed(row.id, strings.stateName(row.state))),
    ...failing
      .slice(0, mostNamed)
      .map(([row, failed]) =>
        failed > 0
          ? strings.announce.failing(row.id, failed, row.entityType)
          : strings.announce.noneFailing(row.id, row.entityType),
      ),
  ];
}
