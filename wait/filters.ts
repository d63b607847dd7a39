/** Which deployments a wait looks at, and, where it looks at none, why. */
import type { Deployment } from '../api/contract.ts';
import { sourceName } from '../api/names.ts';
import type { WaitCriteria } from './criteria.ts';
import { excludingPatterns } from './glob.ts';

type Filter = 'sources' | 'payloads' | 'deployments';

const filters: readonly Filter[] = ['sources', 'payloads', 'deployments'];

/** Whether any filter is set. */
export function hasFilters(criteria: WaitCriteria): boolean {
  return filters.some((filter) => criteria[filter].length > 0);
}

/** A pattern of `sources` as a person writes it: `Ev2` for `expressv2`. */
export function sourcePatternName(pattern: string): string {
  return pattern.startsWith('!') ? `!${sourceName(pattern.slice(1))}` : sourceName(pattern);
}

/** Whether a deployment passes all filters. */
export function passesFilters(criteria: WaitCriteria, deployment: Deployment): boolean {
  return filters.every((filter) => excludedBy(filter, criteria, deployment).length === 0);
}

/**
 * Why none of these deployments passes: `3 found, 0 pass the filters: sources "pilotfish" excludes 3 (Ev2)`. Each
 * filter is named with the patterns that exclude, and with examples of what they exclude.
 */
export function whyNonePass(criteria: WaitCriteria, deployments: readonly Deployment[]): string {
  const excluded = new Map<string, string[]>();
  for (const filter of filters) {
    for (const deployment of deployments) {
      const patterns = excludedBy(filter, criteria, deployment);
      if (patterns.length === 0) continue;
      const names = filter === 'sources' ? patterns.map(sourcePatternName) : patterns;
      const culprit = `${filter} "${shortened(names.join(', '))}"`;
      const values = excluded.get(culprit) ?? [];
      values.push(...valuesOf(filter, deployment).slice(0, 1));
      excluded.set(culprit, values);
    }
  }
  const reasons = [...excluded].map(([culprit, values]) => {
    const different = [...new Set(values)];
    const examples = different.slice(0, mostExamples).map(shortened).join(', ');
    const more = different.length > mostExamples ? ', …' : '';
    return `${culprit} excludes ${values.length}${examples === '' ? '' : ` (${examples}${more})`}`;
  });
  return `${deployments.length} found, 0 pass the filters: ${reasons.join('; ')}`;
}

const mostExamples = 3;
const longestValue = 80;

function excludedBy(filter: Filter, criteria: WaitCriteria, deployment: Deployment): readonly string[] {
  const patterns = criteria[filter];
  if (patterns.length === 0) return [];
  if (filter === 'sources') {
    return excludingPatterns(patterns, [deployment.Source, sourceName(deployment.Source)]);
  }
  if (filter === 'deployments') return excludingPatterns(patterns, [deployment.Id]);
  const ofEach = deployment.Payloads.map(({ Id }) => excludingPatterns(patterns, [Id]));
  if (ofEach.some((excluding) => excluding.length === 0)) return [];
  return ofEach[0] ?? patterns;
}

function valuesOf(filter: Filter, deployment: Deployment): string[] {
  if (filter === 'sources') return [sourceName(deployment.Source)];
  if (filter === 'deployments') return [deployment.Id];
  const [first] = deployment.Payloads;
  return [first?.Id ?? 'no payload'];
}

function shortened(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
