/**
 * The whole matrix, which comes in pages of services: the first page is small, so that something is shown soon, and the
 * others follow. A page that has not changed is not transferred again.
 */
import type { Found, LookupAnswer } from '../../../api/client.ts';
import type { IntrospectionClient } from '../../../api/introspection/client.ts';
import type { Cell, Environments } from '../../../api/introspection/contract.ts';
import type { ProjectKey } from '../../../api/keys.ts';
import { stateOf } from '../../../api/states.ts';
import type { LiveQuery } from '../../live/live-answer.ts';

const firstPage = 25;
const otherPages = 100;
/** More services than anybody looks through; the text filter does not help beyond them. */
const mostPages = 50;

/** All services and environments of a project, now or at a time (ISO 8601). */
export function matrixQuery(
  client: IntrospectionClient,
  project: ProjectKey,
  at: string,
): LiveQuery<Environments> {
  let pages: { readonly token: string | undefined; readonly answer: Found<Environments> }[] = [];
  return {
    pace: (body) => (at ? 'fixed' : body.Cells.some(isUnderWay) ? 'open' : 'settled'),
    async ask(_previous, signal, show) {
      const asked: typeof pages = [];
      let token: string | undefined;
      do {
        const known = pages[asked.length];
        const answer: LookupAnswer<Environments> = await client.getEnvironments(
          {
            ...project,
            ...(at && { at }),
            top: asked.length === 0 ? firstPage : otherPages,
            ...(token !== undefined && { continuationToken: token }),
          },
          { signal, previous: known?.token === token ? known?.answer : undefined },
        );
        if (answer.kind !== 'found') {
          if (asked.length === 0) return answer;
          break;
        }
        asked.push({ token, answer });
        token = answer.body.ContinuationToken;
        if (token !== undefined) show(together(asked.map((page) => page.answer)));
      } while (token !== undefined && asked.length < mostPages);
      const before = pages.length;
      pages = asked;
      const whole = together(asked.map((page) => page.answer));
      return { ...whole, changed: whole.changed || before !== asked.length };
    },
  };
}

function together(answers: readonly Found<Environments>[]): Found<Environments> {
  const [first, ...others] = answers;
  if (!first) throw new Error('a matrix has a first page');
  if (others.length === 0) return first;
  const stale = answers.flatMap(({ staleSeconds }) => staleSeconds ?? []);
  return {
    ...first,
    body: {
      ...first.body,
      Services: answers.flatMap(({ body }) => body.Services),
      Cells: answers.flatMap(({ body }) => body.Cells),
    },
    changed: answers.some(({ changed }) => changed),
    skipped: answers.flatMap(({ skipped }) => skipped),
    staleSeconds: stale.length > 0 ? Math.max(...stale) : undefined,
  };
}

function isUnderWay({ Since }: Cell): boolean {
  return Since.some((placement) => {
    const state = stateOf(placement);
    return state === 'inProgress' || state === 'notStarted' || state === 'blocked';
  });
}
