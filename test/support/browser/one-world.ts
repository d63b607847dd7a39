/** One world for all tests of a file: it takes a while to start. */
import { startWorld, type World } from './world.ts';

/** Starts the world before the tests of the file and ends it after them; gives it to each test. */
export function oneWorld(): () => World {
  let started: World | undefined;
  beforeAll(async () => {
    started = await startWorld();
  });
  afterAll(() => started?.close());
  return () => {
    if (!started) throw new Error('the world has not started');
    return started;
  };
}
