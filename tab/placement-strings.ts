/**
 * The texts about placements, for the pages that show them. They are not in strings.ts, because the build tab would load
 * them too.
 */
import { strings } from './strings.ts';

const kinds = new Map(Object.entries({ rollback: 'Rollback', hotFix: 'Hot fix' }));
const explanations = new Map(
  Object.entries({
    rollback: 'An older commit was deployed after a newer one',
    hotFix: 'Deployed from another branch than usual',
  }),
);
const tiers = new Map(
  Object.entries({
    development: 'Development',
    test: 'Test',
    staging: 'Staging',
    production: 'Production',
  }),
);

export const placementStrings = {
  /** Marks what follows in an unusual way from the placement before it; empty for what is usual or unknown. */
  kind: (kind: string) => kinds.get(kind) ?? '',
  kindExplained: (kind: string) => explanations.get(kind) ?? '',
  /** Empty for an environment of no particular tier. */
  tier: (tier: string) => tiers.get(tier) ?? '',
  guessed: 'guessed',
  guessedExplained: 'No settings of the project name it, so this is a guess.',
  by: (name: string) => `by ${name}`,
  waiting: 'Waiting for approval',
  /** `waitingForApproval` is worth its own words; any other state has the usual one. */
  waits: (changeState: string) => /^(waitingforapproval|pendingapproval)$/i.test(changeState),
  noVersion: 'No version',
  commits: (amount: number, more: boolean) =>
    `${strings.number(amount)}${more ? '+' : ''} ${amount === 1 && !more ? 'commit' : 'commits'}`,
  pullRequest: (id: number, title: string) => (title ? `!${id} ${title}` : `!${id}`),
  workItem: (id: number) => `#${id}`,
};
