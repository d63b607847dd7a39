/**
 * What users may see: Azure DevOps is asked with their own tokens, once for each project and user. What it said is
 * remembered: allowed for minutes, refused for seconds. While it does not answer, what was allowed lately stays
 * allowed, and nothing else is shown.
 */
import { LRUCache } from 'lru-cache';
import { type ProjectKey, projectIdOf } from '../../api/keys.ts';
import { CircuitBreaker, CircuitOpenError } from '../../net/circuit-breaker.ts';
import { sleep } from '../../net/sleep.ts';
import type { PageUser, User } from '../auth/caller.ts';
import type { RightsVerdict } from './project-reader.ts';
import { QuestionLine } from './question-line.ts';
import { type AskedProjects, projectsIn, type Sight, seesAll, seesNothing } from './rights.ts';
import { RightsError } from './rights-error.ts';

export interface UserRightsOptions {
  /** Asks Azure DevOps. Never throws. */
  readonly ask: (caller: User | PageUser, project: ProjectKey) => Promise<RightsVerdict>;
  /** Why it cannot be asked on behalf of a user, whatever the project; undefined if it can. Never throws. */
  readonly obstacleOf?: (caller: User | PageUser) => Promise<RightsVerdict | undefined>;
  /** How long what was allowed stays allowed while Azure DevOps does not answer. */
  readonly outageMs: number;
  /** Whoever reads it may see what belongs to no project. */
  readonly unmappedProject: ProjectKey | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

interface Decision {
  readonly allowed: boolean;
  readonly at: number;
}

const allowedMs = 5 * 60_000;
const refusedMs = 30_000;
const mostDecisions = 100_000;
/** A request waits so long; later answers are remembered for the next one. */
const longestWaitMs = 900;
const mostBreakers = 1_000;
const breakerOptions = { failures: 5, openMs: 3_000 };
const lineLimits = { together: 64, perCaller: 8, waiting: 1_000, waitingPerCaller: 250 };

export class UserRights {
  readonly #options: UserRightsOptions;
  readonly #now: () => number;
  readonly #decisions = new LRUCache<string, Decision>({ max: mostDecisions });
  readonly #asking = new Map<string, Promise<RightsVerdict>>();
  readonly #line = new QuestionLine(lineLimits);
  /** By organization: one that does not answer says nothing about others. */
  readonly #breakers = new LRUCache<string, CircuitBreaker>({ max: mostBreakers });

  constructor(options: UserRightsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** What of some projects a user may see. @throws RightsError */
  async sight(caller: User | PageUser, asked: AskedProjects): Promise<Sight> {
    const projects = projectsIn(asked);
    if (projects.length === 0) return this.#sightOfUnmapped(caller);
    const verdicts = await Promise.all(projects.map((project) => this.#verdict(caller, project)));
    const visible = projects
      .filter((_project, index) => verdicts[index]?.kind === 'allowed')
      .map(projectIdOf);
    if (visible.length === projects.length) return seesAll;
    if (visible.length > 0)
      return { kind: 'some', sees: (project) => visible.includes(projectIdOf(project)) };
    for (const verdict of verdicts) throwIfUncertain(verdict);
    if ('named' in asked) throwIfForeign(asked.named, verdicts[0]);
    return seesNothing;
  }

  async #sightOfUnmapped(caller: User | PageUser): Promise<Sight> {
    const { unmappedProject, obstacleOf } = this.#options;
    const verdict = unmappedProject && (await this.#verdict(caller, unmappedProject));
    if (verdict?.kind === 'allowed') return seesAll;
    // What is unknown fails as what is hidden does, or else the error tells them apart.
    const obstacle = obstacleOf && (await inTime(obstacleOf(caller)));
    for (const problem of [verdict, obstacle]) if (problem) throwIfUncertain(problem);
    return seesNothing;
  }

  async #verdict(caller: User | PageUser, project: ProjectKey): Promise<RightsVerdict> {
    const key = `${caller.id} ${projectIdOf(project)}`;
    const decision = this.#decisions.get(key);
    if (decision && this.#now() - decision.at < (decision.allowed ? allowedMs : refusedMs))
      return { kind: decision.allowed ? 'allowed' : 'refused' };
    const verdict = await inTime(this.#askOnce(key, caller, project));
    if (verdict.kind !== 'away') return verdict;
    const staysAllowed = decision?.allowed && this.#now() - decision.at < this.#options.outageMs;
    return staysAllowed ? { kind: 'allowed' } : verdict;
  }

  #askOnce(key: string, caller: User | PageUser, project: ProjectKey): Promise<RightsVerdict> {
    const asking = this.#asking.get(key);
    if (asking) return asking;
    const breaker = this.#breakerOf(project.organization.toLowerCase());
    const answer = this.#line
      .run(caller.id, () => askThrough(breaker, () => this.#options.ask(caller, project)))
      ?.then((verdict) => {
        this.#remember(key, verdict);
        return verdict;
      })
      .finally(() => this.#asking.delete(key));
    if (!answer) return Promise.resolve(away);
    this.#asking.set(key, answer);
    return answer;
  }

  #breakerOf(organization: string): CircuitBreaker {
    const breaker = this.#breakers.get(organization) ?? new CircuitBreaker(breakerOptions);
    this.#breakers.set(organization, breaker);
    return breaker;
  }

  #remember(key: string, { kind }: RightsVerdict): void {
    if (kind === 'away') return;
    if (kind === 'allowed' || kind === 'refused')
      this.#decisions.set(key, { allowed: kind === 'allowed', at: this.#now() });
    else this.#decisions.delete(key);
  }
}

const away: RightsVerdict = { kind: 'away', retryAfterSeconds: 5 };

async function inTime<T>(answer: Promise<T>): Promise<T | RightsVerdict> {
  const answered = new AbortController();
  const tooLate = sleep(longestWaitMs, answered.signal).then(() => away);
  return Promise.race([answer, tooLate]).finally(() => answered.abort());
}

class AwayError extends Error {}

/** Asks unless the organization has not answered lately. What one caller alone causes must not stop questions of others. */
async function askThrough(
  breaker: CircuitBreaker,
  ask: () => Promise<RightsVerdict>,
): Promise<RightsVerdict> {
  let verdict = away;
  try {
    await breaker.run(async () => {
      verdict = await ask();
      if (verdict.kind === 'away' && !verdict.isCallersOwn) throw new AwayError();
    });
  } catch (error) {
    if (!(error instanceof AwayError || error instanceof CircuitOpenError)) throw error;
  }
  return verdict;
}

function throwIfUncertain(verdict: RightsVerdict): void {
  if (verdict.kind === 'away' || verdict.kind === 'challenge') throw new RightsError(verdict);
  if (verdict.kind !== 'consentMissing') return;
  const message =
    'Consent is missing: an administrator has to grant this service its permission for Azure DevOps.';
  throw new RightsError({ kind: 'refused', message });
}

/** The request names the organization, so this says nothing that its sender did not know. */
function throwIfForeign({ organization }: ProjectKey, verdict: RightsVerdict | undefined): void {
  if (verdict?.kind === 'notEntra') {
    const message = `The organization ${organization} is not backed by Microsoft Entra ID, so nobody can be told from its users.`;
    throw new RightsError({ kind: 'refused', message });
  }
  if (verdict?.kind === 'otherTenant') {
    const message = `The organization ${organization} belongs to another tenant: sign in to that tenant.`;
    throw new RightsError({ kind: 'refused', message });
  }
}
