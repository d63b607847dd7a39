/** How long decisions about users hold, by a clock of the test's own. */
import type { User } from '../../../backend/auth/caller.ts';
import { Decisions } from '../../../backend/rights/decisions.ts';
import type { RightsVerdict } from '../../../backend/rights/project-reader.ts';
import type { AskedProjects } from '../../../backend/rights/rights.ts';
import { UserRights } from '../../../backend/rights/user-rights.ts';

const user: User = { kind: 'user', id: 't/u', tenant: 't', scopes: [], assertion: () => '' };
const project = { organization: 'contoso', project: 'p' };
const minute = 60_000;
const away: RightsVerdict = { kind: 'away', retryAfterSeconds: 5 };

/** What an answer about so many projects asks. */
const found = (count: number): AskedProjects => ({
  found: Array.from({ length: count }, (_value, index) => ({
    organization: 'contoso',
    project: `p${index}`,
  })),
  about: 'answer',
  isKnown: true,
});

/** Rights over a scripted Azure DevOps. */
function world(first: RightsVerdict) {
  const state = { now: 0, says: first, asked: 0 };
  const rights = new UserRights({
    ask: async () => {
      state.asked += 1;
      return state.says;
    },
    outageMs: 30 * minute,
    unmappedProject: undefined,
    now: () => state.now,
  });
  const sees = async (): Promise<string> => {
    try {
      return (await rights.sight(user, { named: project }, 1_000)).kind;
    } catch {
      return 'error';
    }
  };
  return { state, sees };
}

it('remembers for 5 minutes what was allowed', async () => {
  const { state, sees } = world({ kind: 'allowed' });
  expect(await sees()).toBe('all');
  state.says = { kind: 'refused' };
  state.now = 5 * minute - 1;
  expect([await sees(), state.asked]).toEqual(['all', 1]);
  state.now = 5 * minute;
  expect([await sees(), state.asked]).toEqual(['some', 2]);
});

it('remembers for 30 seconds what was refused', async () => {
  const { state, sees } = world({ kind: 'refused' });
  expect(await sees()).toBe('some');
  state.says = { kind: 'allowed' };
  state.now = 29_999;
  expect(await sees()).toBe('some');
  state.now = 30_000;
  expect(await sees()).toBe('all');
});

it('keeps what was allowed through an outage of the stated length, and not longer', async () => {
  const { state, sees } = world({ kind: 'allowed' });
  await sees();
  state.says = away;
  state.now = 30 * minute - 1;
  expect(await sees()).toBe('all');
  state.now = 30 * minute;
  expect(await sees()).toBe('error');
});

it('shows nothing in an outage of what was refused before it', async () => {
  const { state, sees } = world({ kind: 'allowed' });
  await sees();
  state.says = { kind: 'refused' };
  state.now = 6 * minute;
  expect(await sees()).toBe('some');
  state.says = away;
  state.now = 7 * minute;
  expect(await sees()).toBe('error');
});

it.each<RightsVerdict>([
  { kind: 'challenge', claims: '{}' },
  { kind: 'otherTenant' },
  { kind: 'notEntra' },
  { kind: 'consentMissing' },
])('forgets what was allowed when Azure DevOps says $kind', async (verdict) => {
  const { state, sees } = world({ kind: 'allowed' });
  await sees();
  state.says = verdict;
  state.now = 6 * minute;
  expect(await sees()).toBe('error');
  state.says = away;
  expect(await sees()).toBe('error');
});

it('asks 8 questions of a user at once, and 64 of all', async () => {
  let underWay = 0;
  let most = 0;
  const asking: (() => void)[] = [];
  const rights = new UserRights({
    ask: () =>
      new Promise((resolve) => {
        underWay += 1;
        most = Math.max(most, underWay);
        asking.push(() => {
          underWay -= 1;
          resolve({ kind: 'allowed' });
        });
      }),
    outageMs: 0,
    unmappedProject: undefined,
  });
  const answerAll = async (): Promise<void> => {
    while (asking.length > 0) {
      for (const answer of asking.splice(0)) answer();
      await new Promise(setImmediate);
    }
  };
  const one = rights.sight(user, found(20), 1_000);
  expect(underWay).toBe(8);
  await answerAll();
  expect([await one, most]).toEqual([{ kind: 'all' }, 8]);
  const many = Array.from({ length: 20 }, (_value, index) =>
    rights.sight({ ...user, id: `t/${index}` }, found(20), 1_000),
  );
  expect(underWay).toBe(64);
  await answerAll();
  await Promise.all(many);
  expect(most).toBe(64);
});

it('keeps places in line for others, whatever one user asks', async () => {
  const rights = new UserRights({
    ask: ({ id }) => (id === user.id ? new Promise(() => undefined) : Promise.resolve({ kind: 'allowed' })),
    outageMs: 0,
    unmappedProject: undefined,
  });
  const attack = rights.sight(user, found(1_100), 100).catch(() => undefined);
  expect(await rights.sight({ ...user, id: 't/other' }, found(20), 1_000)).toEqual({ kind: 'all' });
  await attack;
});

it('waits no longer than the request may, and remembers what comes later', async () => {
  let answer: (verdict: RightsVerdict) => void = () => undefined;
  const rights = new UserRights({
    ask: () => new Promise((resolve) => (answer = resolve)),
    outageMs: 0,
    unmappedProject: undefined,
  });
  await expect(rights.sight(user, { named: project }, 5)).rejects.toMatchObject({
    problem: { kind: 'away', retryAfterSeconds: 1 },
  });
  answer({ kind: 'allowed' });
  await new Promise(setImmediate);
  expect(await rights.sight(user, { named: project }, 5)).toEqual({ kind: 'all' });
});

describe('decisions', () => {
  const allowed = { allowed: true, at: 0 };

  it('of one caller push out none of another', () => {
    const decisions = new Decisions({ altogether: 10, perCaller: 4 });
    decisions.set('good', 'project', allowed);
    for (let subject = 0; subject < 100; subject++) decisions.set('bad', `${subject}`, allowed);
    expect(decisions.get('good', 'project')).toEqual(allowed);
    const kept = Array.from({ length: 100 }, (_value, subject) => decisions.get('bad', `${subject}`));
    expect(kept.map((decision) => decision !== undefined).lastIndexOf(false)).toBe(95);
  });

  it('are as many as there may be, and those of quiet callers go first', () => {
    const decisions = new Decisions({ altogether: 3, perCaller: 2 });
    for (const caller of ['a', 'b', 'c']) decisions.set(caller, 'project', allowed);
    decisions.get('a', 'project');
    decisions.set('d', 'project', allowed);
    const kept = ['a', 'b', 'c', 'd'].filter((caller) => decisions.get(caller, 'project'));
    expect(kept).toEqual(['a', 'c', 'd']);
  });
});
