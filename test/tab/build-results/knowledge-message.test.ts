import { ClientError, type ClientErrorKind } from '../../../api/client-error.ts';
import { messageOf } from '../../../tab/build-results/knowledge-message.ts';
import type { Knowledge } from '../../../tab/build-results/live-deployments.ts';
import { rowsInStates } from '../builders.ts';

const failed = (kind: ClientErrorKind): Knowledge => ({
  kind: 'failed',
  error: new ClientError(kind, 'What the service said.', { traceId: 'trace-1' }),
});
const shown = (...words: string[]): Knowledge => ({
  kind: 'deployments',
  rows: rowsInStates(...words),
  unreadable: 1,
  asOf: 0,
  fromMemory: false,
});

describe('the message in place of the table', () => {
  it('is none while loading, and where there are rows', () => {
    expect(messageOf({ kind: 'loading' })).toBeUndefined();
    expect(messageOf(shown('failed'))).toBeUndefined();
  });

  it.each<[Knowledge, string, string]>([
    [{ kind: 'none', asOf: 0 }, 'waiting', 'No deployments yet'],
    [{ kind: 'unknownBuild', asOf: 0 }, 'search', 'This build is not known yet'],
    [shown(), 'problem', 'Could not read the deployments of this build'],
    [failed('unauthorized'), 'locked', 'Your session has ended'],
    [failed('tokenFailed'), 'locked', 'Your session has ended'],
    [failed('forbidden'), 'locked', 'You do not have access to these deployments'],
    [failed('badRequest'), 'problem', 'The service rejected the request'],
    [failed('unavailable'), 'problem', 'Could not load the deployments'],
    [failed('network'), 'problem', 'Could not load the deployments'],
    [failed('invalidResponse'), 'problem', 'Could not load the deployments'],
  ])('has its own words: %#', (knowledge, tone, title) => {
    expect(messageOf(knowledge)).toMatchObject({ tone, title });
  });

  it('carries the trace id of every failure, and the words of the service where they help', () => {
    expect(messageOf(failed('unavailable'))).toMatchObject({
      traceId: 'trace-1',
      detail: 'What the service said.',
    });
    expect(messageOf(failed('forbidden'))).toMatchObject({ traceId: 'trace-1' });
    expect(messageOf(failed('forbidden'))).not.toHaveProperty('detail');
  });

  it('does not ask for signing in where no token is sent anyway', () => {
    expect(messageOf(failed('unauthorized'), true)).toMatchObject({
      tone: 'locked',
      title: 'This service requires a token',
    });
  });
});
