/** Which queries are warm before a process is ready, and how the others are warmed while users already ask. */
import { apiOf, lookupNames } from '../../../api/lookups.ts';
import { servedLookups } from '../../../backend/lookups/lookups.ts';
import { warmAtOnce, warmLater, warmUpInBackground } from '../../../backend/lookups/warm-up.ts';
import type { KustoClient } from '../../../kusto/client/client.ts';

const namesOf = (served: readonly { readonly name: string }[]) => served.map(({ name }) => name);
const ofIntrospection = lookupNames.filter((name) => apiOf(name) === 'introspection');

/** Answers each query with `answer`, and tells how many are asked at the same time at most. */
function recordingKusto(answer: (text: string) => Promise<[]>) {
  const asked: string[] = [];
  let [open, mostOpen] = [0, 0];
  const refuse = () => Promise.reject(new Error('Nothing but queries is expected'));
  const kusto: KustoClient = {
    async query(text) {
      asked.push(text);
      open += 1;
      mostOpen = Math.max(mostOpen, open);
      return answer(text).finally(() => {
        open -= 1;
      });
    },
    command: refuse,
    ingest: refuse,
    close: () => undefined,
  };
  return { kusto, asked, mostOpen: () => mostOpen };
}

test('a process that serves other lookups is ready before those of introspection are warm', () => {
  const served = servedLookups(['b2d', 'introspection']);
  expect(namesOf(warmAtOnce(served))).toEqual(lookupNames.filter((name) => apiOf(name) === 'b2d'));
  expect(namesOf(warmLater(served))).toEqual(ofIntrospection);
});

test('a process that serves introspection alone waits for it', () => {
  const served = servedLookups(['introspection']);
  expect(namesOf(warmAtOnce(served))).toEqual(ofIntrospection);
  expect(warmLater(served)).toEqual([]);
});

test('warms one query after another, whatever becomes of each', async () => {
  const { kusto, asked, mostOpen } = recordingKusto(async (text) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (text.includes('GetEnvironments')) throw new Error('It took too long');
    return [];
  });
  const later = warmLater(servedLookups(['d2b', 'introspection']));
  await warmUpInBackground(kusto, later, new AbortController().signal);
  expect(asked).toEqual(later.map(({ warmUp }) => warmUp.text));
  expect(mostOpen()).toBe(1);
});

test('ends when the process does', async () => {
  const stopping = new AbortController();
  const { kusto, asked } = recordingKusto(async () => {
    stopping.abort();
    return [];
  });
  await warmUpInBackground(kusto, servedLookups(['introspection']), stopping.signal);
  expect(asked).toHaveLength(1);
});
