import { BackgroundReading } from '../../../changelog/catch-up/background-reading.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('reads once for several askings, and goes on after a failure', async () => {
  const failures: unknown[] = [];
  let readings = 0;
  let isReading = false;
  const reading = new BackgroundReading({
    delayMs: 5,
    onFailure: (error) => failures.push(error),
    async read() {
      expect(isReading).toBe(false);
      isReading = true;
      await pause(5);
      isReading = false;
      readings++;
      if (readings === 1) throw new Error('away');
    },
  });
  for (let round = 0; round < 10; round++) reading.soon();
  while (readings < 1) await pause(5);
  for (let round = 0; round < 10; round++) reading.soon();
  while (readings < 2) await pause(5);
  await reading.stop();
  expect(failures).toEqual([new Error('away')]);
  expect(readings).toBe(2);
});

it('ends with the reading under way when it is stopped', async () => {
  let began = false;
  let ended = false;
  const reading = new BackgroundReading({
    delayMs: 1,
    onFailure: (error) => {
      throw error;
    },
    async read() {
      began = true;
      await pause(20);
      ended = true;
    },
  });
  reading.soon();
  while (!began) await pause(1);
  await reading.stop();
  expect(ended).toBe(true);
  ended = false;
  reading.soon();
  await reading.now();
  await pause(5);
  expect(ended).toBe(false);
});

it('reads when it is told to, after what is under way, and tells when it is done', async () => {
  const steps: string[] = [];
  const reading = new BackgroundReading({
    delayMs: 1_000_000,
    onFailure: (error) => steps.push(String(error)),
    async read() {
      steps.push('begins');
      await pause(5);
      steps.push('ends');
    },
  });
  await Promise.all([reading.now(), reading.now()]);
  expect(steps).toEqual(['begins', 'ends', 'begins', 'ends']);
  await reading.stop();
});
