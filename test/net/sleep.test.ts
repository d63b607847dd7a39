import { getEventListeners } from 'node:events';
import { jest } from '@jest/globals';
import { sleep } from '../../net/sleep.ts';

describe('a sleep', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('lasts as long as it should', async () => {
    const events: string[] = [];
    const slept = sleep(1_000).then(() => events.push('awake'));
    await jest.advanceTimersByTimeAsync(999);
    events.push('999 ms');
    await jest.advanceTimersByTimeAsync(1);
    await slept;
    expect(events).toEqual(['999 ms', 'awake']);
  });

  it('ends when the signal is aborted, and leaves no timer or listener behind', async () => {
    const stopping = new AbortController();
    const slept = sleep(3_600_000, stopping.signal);
    expect(jest.getTimerCount()).toBe(1);
    stopping.abort();
    await slept;
    expect(jest.getTimerCount()).toBe(0);
    expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
  });

  it('leaves no listener behind when its time is over', async () => {
    const { signal } = new AbortController();
    const slept = sleep(10, signal);
    await jest.advanceTimersByTimeAsync(10);
    await slept;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('does not begin when the signal is already aborted', async () => {
    await sleep(3_600_000, AbortSignal.abort());
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not end at once when the time is longer than a timer can hold', async () => {
    const events: string[] = [];
    const slept = sleep(2 ** 40).then(() => events.push('awake'));
    await jest.advanceTimersByTimeAsync(3_600_000);
    events.push('an hour later');
    await jest.advanceTimersByTimeAsync(2 ** 31);
    await slept;
    expect(events).toEqual(['an hour later', 'awake']);
  });
});
