/** `npm run faults`: faults of the services that the API uses, one after the other, under a steady load. */
import type { BenchReport } from '../report.ts';
import { faults } from './faults.ts';
import { type FaultDurations, runFault } from './run.ts';
import { startFaultWorld } from './world.ts';

export interface FaultsOptions extends FaultDurations {
  readonly perSecond: number;
  /** Part of the names of the faults to run; all without it. */
  readonly only?: string;
}

export async function benchFaults(options: FaultsOptions): Promise<BenchReport> {
  const { perSecond, only = '' } = options;
  const world = await startFaultWorld(1);
  const rows = [];
  try {
    for (const fault of faults.filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()))) {
      process.stderr.write(`${fault.name}\n`);
      rows.push({ ...(await runFault(world, fault, perSecond, options)) });
    }
  } finally {
    await world.close();
  }
  return { perSecond, tables: { [`Faults at ${perSecond} requests a second`]: rows } };
}
