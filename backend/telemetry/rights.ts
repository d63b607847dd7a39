/** Rights as everybody uses them, observed: how decisions turn out, never about whom or what. */
import { projectsIn, type Rights, type Sight } from '../rights/rights.ts';
import type { Telemetry } from './telemetry.ts';

/** The same rights, which tell telemetry what they decide, if there is any. */
export function observedRights(rights: Rights, telemetry: Telemetry | undefined): Rights {
  if (!telemetry) return rights;
  const record = (outcome: string): void =>
    telemetry.record('deployments.rights.decisions', 1, { 'deployments.rights.outcome': outcome });
  return {
    ...rights,
    refusal(caller) {
      const refusal = rights.refusal(caller);
      if (refusal !== undefined) record('refused');
      return refusal;
    },
    sight(caller, asked, withinMs) {
      const told = (sight: Sight): Sight => {
        record(outcomeOf(sight, asked));
        return sight;
      };
      const sight = rights.sight(caller, asked, withinMs);
      if (!(sight instanceof Promise)) return told(sight);
      return sight.then(told, (error: unknown) => {
        record('unknown');
        throw error;
      });
    },
  };
}

function outcomeOf(sight: Sight, asked: Parameters<Rights['sight']>[1]): string {
  if (sight.kind === 'all') return 'all';
  const projects = projectsIn(asked);
  if (projects.length > 0 && projects.every((project) => sight.sees(project))) return 'all';
  return projects.some((project) => sight.sees(project)) ? 'some' : 'nothing';
}
