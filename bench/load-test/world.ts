/** A server to load on this machine: the API as it ships, in a process of its own, with caches that are soon stale. */
import { startSlowProxy } from '../../test/support/slow-proxy.ts';
import { startFaultWorld } from '../faults/world.ts';
import type { Target } from './command.ts';

const freshSeconds = 2;

/** Starts it. @param slowMs milliseconds by which every answer is held back */
export async function startTarget(slowMs: number): Promise<Target> {
  const world = await startFaultWorld(freshSeconds);
  const proxy = await startSlowProxy(Number(new URL(world.url).port));
  return {
    port: proxy.port,
    token: (world.program.headers.authorization ?? '').replace('Bearer ', ''),
    beginSlowness: () => proxy.delay(slowMs),
    async close() {
      await proxy.close();
      await world.close();
    },
  };
}
