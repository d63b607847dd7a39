/** Requests end in time, whatever the garbage collector does meanwhile. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { timeLimit } from '../../net/time-limit.ts';
import { until } from '../support/until.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let silent: Server;
beforeAll(async () => {
  silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});

/** Nothing in the test refers to the signal of a request. */
function request(onEnd: (name: string) => void, signal?: AbortSignal): void {
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  fetch(url, { signal: timeLimit(300, signal) }).catch((error: Error) => onEnd(error.name));
}

it.each(['alone', 'beside another signal'])(
  'ends a request although garbage is collected (%s)',
  async (how) => {
    const ends: string[] = [];
    const signal = how === 'alone' ? undefined : new AbortController().signal;
    for (let index = 0; index < 10; index++) request((name) => ends.push(name), signal);
    await until(() => {
      collectGarbage();
      return ends.length === 10;
    }, 10_000);
    expect(ends).toEqual(Array(10).fill('TimeoutError'));
  },
);

it('ends as soon as the other signal does', () => {
  const stop = new AbortController();
  const limit = timeLimit(60_000, stop.signal);
  stop.abort('stopped');
  expect([limit.aborted, limit.reason]).toEqual([true, 'stopped']);
});
