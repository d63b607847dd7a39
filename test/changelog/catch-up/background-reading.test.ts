import { jest } from '@jest/globals';
import { BackgroundReading } from '../../../changelog/catch-up/background-reading.ts';
import { sleep } from '../../../net/sleep.ts';

const delayMs = 1_000;
const readingMs = 500;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('reads once for several requests, and continues after a failure', async () => {
  const failures: unknown[] = [];
  let readings = 0;
  let isReading = false;
  const reading = new BackgroundReading({
    delayMs,
    onFailure: (error) => failures.push(error),
    async read() {
      expect(isReading).toBe(false);
      isReading = true;
      await sleep(readingMs);
      isReading = false;
      readings++;
      if (readings === 1) throw new Error('away');
    },
  });
  for (let round = 0; round < 10; round++) reading.soon();
  await jest.advanceTimersByTimeAsync(delayMs + readingMs);
  for (let round = 0; round < 10; round++) reading.soon();
  await jest.advanceTimersByTimeAsync(10 * (delayMs + readingMs));
  await reading.stop();
  expect(failures).toEqual([new Error('away')]);
  expect(readings).toBe(2);
});

it('finishes the current reading when it is stopped, and starts no other', async () => {
  let readings = 0;
  const reading = new BackgroundReading({
    delayMs,
    onFailure: (error) => {
      throw error;
    },
    async read() {
      await sleep(readingMs);
      readings++;
    },
  });
  reading.soon();
  await jest.advanceTimersByTimeAsync(delayMs);
  const stopped = reading.stop();
  await jest.advanceTimersByTimeAsync(readingMs);
  await stopped;
  expect(readings).toBe(1);
  reading.soon();
  await reading.now();
  await jest.advanceTimersByTimeAsync(10 * (delayMs + readingMs));
  expect(readings).toBe(1);
});

it('reads on request, after the current reading, and resolves when it is done', async () => {
  const steps: string[] = [];
  const reading = new BackgroundReading({
    delayMs,
    onFailure: (error) => steps.push(String(error)),
    async read() {
      steps.push('begins');
      await sleep(readingMs);
      steps.push('ends');
    },
  });
  const both = Promise.all([reading.now(), reading.now()]);
  await jest.advanceTimersByTimeAsync(2 * readingMs);
  await both;
  expect(steps).toEqual(['begins', 'ends', 'begins', 'ends']);
  await reading.stop();
});
