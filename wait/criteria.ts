/**
 * The criteria of a wait, validated. The agent task, the gate and the command line all read them with
 * {@link readCriteria}, so that the same text means the same everywhere.
 */
import { allSourceNames, sourceNamed } from '../api/names.ts';
import { formatDuration, parseDuration } from './duration.ts';

export const waitGoals = ['completed', 'started', 'final'] as const;
export const requirements = ['all', 'any'] as const;
export const failureReactions = ['fail', 'wait', 'warn'] as const;
export const timeoutReactions = ['fail', 'warn'] as const;

export interface WaitCriteria {
  /** `completed`: succeeded. `started`: in progress or succeeded. `final`: ended with any outcome. */
  readonly waitFor: (typeof waitGoals)[number];
  readonly require: (typeof requirements)[number];
  /**
   * Orchestrators: values of `Source`, or patterns that also match their usual names. An empty list matches
   * everything, here and in the next two.
   */
  readonly sources: readonly string[];
  /** Patterns of payload ids; a deployment matches if any of its payloads does. */
  readonly payloads: readonly string[];
  /** Patterns of deployment ids. */
  readonly deployments: readonly string[];
  /** How many deployments must have matched the filters before the wait can be satisfied. */
  readonly minimumDeployments: number;
  /** How many entities (regions, clusters, nodes) each deployment must have reported before it can count. */
  readonly minimumEntities: number;
  /** How long the criteria must hold for the same set of deployments before `all` counts as satisfied. */
  readonly settleMs: number;
  /** How long to wait for the first deployment to appear. */
  readonly appearTimeoutMs: number;
  readonly timeoutMs: number;
  readonly pollIntervalMs: number;
  readonly onFailure: (typeof failureReactions)[number];
  /** Whether an entity that failed fails the wait, even while its deployment goes on and may retry it. */
  readonly failOnFailedEntity: boolean;
  /** How long a failure must stand before it fails the wait, because a retry often replaces it. */
  readonly failureGraceMs: number;
  readonly onTimeout: (typeof timeoutReactions)[number];
}

/** The criteria as people write them. Missing and blank fields get their {@link criteriaDefaults}. */
export type CriteriaTexts = Partial<Record<keyof typeof criteriaDefaults, string | undefined>>;

/** The defaults, as text. Tests compare the task manifests and the docs with these. */
export const criteriaDefaults = {
  waitFor: 'completed',
  require: 'all',
  sources: '',
  payloads: '',
  deployments: '',
  minimumDeployments: '1',
  minimumEntities: '1',
  settle: '2m',
  appearTimeout: '30m',
  timeout: '6h',
  pollInterval: '30s',
  onFailure: 'fail',
  failOnFailedEntity: 'false',
  failureGrace: '0s',
  onTimeout: 'fail',
} as const;

/** An invalid field: its name, and a message that says what would be valid. */
export interface Mistake {
  readonly field: string;
  readonly message: string;
}

export type CriteriaReading =
  | { readonly criteria: WaitCriteria; readonly mistakes?: undefined }
  | { readonly criteria?: undefined; readonly mistakes: readonly Mistake[] };

const second = 1_000;
const day = 86_400_000;
const longestPattern = 500;
const mostPatterns = 100;

/** Reads all fields. Returns either the criteria or all mistakes at once. */
export function readCriteria(texts: CriteriaTexts): CriteriaReading {
  const mistakes: Mistake[] = [];
  const read = new FieldReader(texts, mistakes);
  const criteria: WaitCriteria = {
    waitFor: read.oneOf('waitFor', waitGoals),
    require: read.oneOf('require', requirements),
    sources: read.sources(),
    payloads: read.patterns('payloads'),
    deployments: read.patterns('deployments'),
    minimumDeployments: read.count('minimumDeployments', 1, 10_000),
    minimumEntities: read.count('minimumEntities', 1, 1_000_000),
    settleMs: read.duration('settle', 0, day),
    appearTimeoutMs: read.duration('appearTimeout', second, 30 * day),
    timeoutMs: read.duration('timeout', second, 30 * day),
    pollIntervalMs: read.duration('pollInterval', second, 3_600_000),
    onFailure: read.oneOf('onFailure', failureReactions),
    failOnFailedEntity: read.oneOf('failOnFailedEntity', ['false', 'true']) === 'true',
    failureGraceMs: read.duration('failureGrace', 0, 30 * day),
    onTimeout: read.oneOf('onTimeout', timeoutReactions),
  };
  if (mistakes.length === 0) mistakes.push(...contradictions(criteria, texts));
  return mistakes.length > 0 ? { mistakes } : { criteria };
}

function contradictions(criteria: WaitCriteria, texts: CriteriaTexts): Mistake[] {
  const { settleMs, timeoutMs, failOnFailedEntity, onFailure, waitFor } = criteria;
  const found = settleMs >= timeoutMs ? [settleMistake(texts)] : [];
  if (failOnFailedEntity && (onFailure !== 'fail' || waitFor === 'final')) {
    const other = waitFor === 'final' ? 'waitFor is final' : `onFailure is ${onFailure}`;
    const message = `must be false if ${other}: then no failure fails the wait`;
    found.push({ field: 'failOnFailedEntity', message });
  }
  return found;
}

/** Names the field that was given; the other one may have its default. */
function settleMistake(texts: CriteriaTexts): Mistake {
  const { settle, timeout } = criteriaDefaults;
  const given = texts.timeout?.trim();
  if (!texts.settle?.trim()) {
    return {
      field: 'timeout',
      message: `must be longer than settle, which is ${settle} by default; set settle as well`,
    };
  }
  const limit = given ? `timeout (${given})` : `timeout, which is ${timeout} by default`;
  return { field: 'settle', message: `must be shorter than ${limit}, or the wait could never succeed` };
}

/** Splits a list separated by commas, line breaks, or both. */
export function readPatterns(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '');
}

class FieldReader {
  readonly #texts: CriteriaTexts;
  readonly #mistakes: Mistake[];

  constructor(texts: CriteriaTexts, mistakes: Mistake[]) {
    this.#texts = texts;
    this.#mistakes = mistakes;
  }

  #text(field: keyof typeof criteriaDefaults): string {
    return this.#texts[field]?.trim() || criteriaDefaults[field];
  }

  #mistake(field: string, message: string): void {
    this.#mistakes.push({ field, message });
  }

  oneOf<const Word extends string>(
    field: keyof typeof criteriaDefaults,
    words: readonly [Word, ...Word[]],
  ): Word {
    const text = this.#text(field);
    const word = words.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
    if (word === undefined) this.#mistake(field, `must be one of ${words.join(', ')}, not "${text}"`);
    return word ?? words[0];
  }

  count(field: keyof typeof criteriaDefaults, least: number, most: number): number {
    const text = this.#text(field);
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      this.#mistake(field, `must be a whole number from ${least} to ${most}, not "${text}"`);
    }
    return value;
  }

  duration(field: keyof typeof criteriaDefaults, least: number, most: number): number {
    const text = this.#text(field);
    const value = parseDuration(text);
    if (value === undefined) {
      this.#mistake(field, `must be a duration such as 90s, 45m or 1h30m, not "${text}"`);
    } else if (value < least || value > most) {
      this.#mistake(field, `must be from ${formatDuration(least)} to ${formatDuration(most)}, not "${text}"`);
    }
    return value ?? 0;
  }

  /** Names of orchestrators become their values of `Source`; patterns stay as they are. */
  sources(): string[] {
    return this.patterns('sources').map((pattern) => {
      const [, not = '', name = ''] = /^(!?)(.*)$/s.exec(pattern) ?? [];
      const source = sourceNamed(name);
      if (source === undefined && name !== '' && name.length <= longestPattern && !/[*?]/.test(name)) {
        const known = allSourceNames.join(', ');
        this.#mistake('sources', `must be among ${known}, or patterns with * or ?, not "${name}"`);
      }
      return source === undefined ? pattern : not + source;
    });
  }

  patterns(field: 'sources' | 'payloads' | 'deployments'): string[] {
    const patterns = readPatterns(this.#text(field));
    if (patterns.length > mostPatterns) {
      this.#mistake(field, `has ${patterns.length} patterns; the limit is ${mostPatterns}`);
    }
    for (const pattern of patterns) {
      if (pattern.length > longestPattern) {
        this.#mistake(field, `has a pattern of ${pattern.length} characters; the limit is ${longestPattern}`);
      } else if (pattern === '!') {
        this.#mistake(field, 'has a "!" without a pattern after it; write !name to exclude name');
      }
    }
    return patterns;
  }
}
