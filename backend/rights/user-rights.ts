/**
 * What users may see: Azure DevOps is asked with their own tokens, once for each project and user; about many projects
 * of an organization, first which of them there are for the user at all. What it said is remembered: allowed for
 * minutes, refused for seconds. While it does not answer, what was allowed lately stays allowed, and nothing else is
 * shown.
 */
import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type ProjectKey, projectIdOf } from '../../api/keys.ts';
import { CircuitBreaker, CircuitOpenError } from '../../net/circuit-breaker.ts';
import { sleep } from '../../net/sleep.ts';
import type { PageUser, User } from '../auth/caller.ts';
import { Decisions } from './decisions.ts';
import type { ProjectList, RightsVerdict } from './project-reader.ts';
import { QuestionLine } from './question-line.ts';
import { type AskedProjects, projectsIn, type Sight, seesAll, seesNothing } from './rights.ts';
import { RightsError } from './rights-error.ts';

export interface UserRightsOptions {
  /** Asks Azure DevOps about a project. Never throws. */
  readonly ask: (caller: User | PageUser, project: ProjectKey) => Promise<RightsVerdict>;
  /** Asks Azure DevOps for a user's projects in an organization. Never throws. */
  readonly list?: (caller: User | PageUser, organization: string) => Promise<ProjectList>;
  /** Why it cannot be asked on behalf of a user, whatever the project; undefined if it can. Never throws. */
  readonly obstacleOf?: (caller: User | PageUser) => Promise<RightsVerdict | undefined>;
  /** How long what was allowed stays allowed while Azure DevOps does not answer. */
  readonly outageMs: number;
  /** Whoever reads it may see what belongs to no project. */
  readonly unmappedProject: ProjectKey | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

const allowedMs = 5 * 60_000;
const refusedMs = 30_000;
const decisionLimits = { altogether: 100_000, perCaller: 5_000 };
/** Of more projects of one organization than this, it is asked first which there are for the user. */
const fewProjects = 4;
const mostBreakers = 1_000;
const breakerOptions = { failures: 5, openMs: 3_000 };
const lineLimits = { together: 64, perCaller: 8, waiting: 1_000, waitingPerCaller: 250 };

export class UserRights {
  readonly #options: UserRightsOptions;
  readonly #now: () => number;
  readonly #decisions = new Decisions(decisionLimits);
  readonly #asking = new Map<string, Promise<RightsVerdict>>();
  readonly #listing = new Map<string, Promise<ProjectList>>();
  readonly #line = new QuestionLine(lineLimits);
  /** By organization: one that does not answer says nothing about others. */
  readonly #breakers = new LRUCache<string, CircuitBreaker>({ max: mostBreakers });
  /** Of the last answer that named projects. */
  #organization: string | undefined;

  constructor(options: UserRightsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#organization = options.unmappedProject?.organization;
  }

  /** What of some projects a user may see, if Azure DevOps need not be asked about any of them. */
  remembered(caller: User | PageUser, asked: AskedProjects): Sight | undefined {
    const projects = projectsIn(asked);
    const [first] = projects;
    if (!first) return undefined;
    const visible = new Set<string>();
    for (const project of projects) {
      const id = projectIdOf(project);
      const verdict = this.#remembered(caller, id);
      if (!verdict) return undefined;
      if (verdict.kind === 'allowed') visible.add(id);
    }
    if ('found' in asked) this.#organization = first.organization;
    return sightOf(projects, visible);
  }

  /**
   * What of some projects a user may see. What Azure DevOps says after `withinMs` milliseconds is remembered for the
   * next request.
   *
   * @throws RightsError
   */
  async sight(caller: User | PageUser, asked: AskedProjects, withinMs: number): Promise<Sight> {
    if ('named' in asked) return this.#sightOf(caller, [asked.named], withinMs, asked.named);
    const [first] = asked.found;
    if (!first) return this.#sightOfNone(caller, asked, withinMs);
    this.#organization = first.organization;
    return this.#sightOf(caller, asked.found, withinMs);
  }

  async #sightOf(
    caller: User | PageUser,
    projects: readonly ProjectKey[],
    withinMs: number,
    named?: ProjectKey,
  ): Promise<Sight> {
    const verdicts = await this.#verdicts(caller, projects, withinMs);
    const visible = new Set(
      projects.filter((_project, index) => verdicts[index]?.kind === 'allowed').map(projectIdOf),
    );
    if (visible.size > 0) return sightOf(projects, visible);
    for (const verdict of verdicts) throwIfUncertain(verdict);
    if (named) throwIfForeign(named, verdicts[0]);
    return seesNothing;
  }

  /**
   * What belongs to no project, and what is unknown. A question about a project that does not exist takes the place of
   * the one about a hidden project, so that neither errors nor time tell an unknown id from a hidden one.
   */
  async #sightOfNone(
    caller: User | PageUser,
    { about, isKnown }: Extract<AskedProjects, { found: unknown }>,
    withinMs: number,
  ): Promise<Sight> {
    const { unmappedProject } = this.#options;
    const standIn = this.#standIn(caller, about, withinMs);
    const [verdict] = unmappedProject ? await this.#verdicts(caller, [unmappedProject], withinMs) : [];
    if (isKnown && verdict?.kind === 'allowed') return seesAll;
    throwIfUncertain(await standIn);
    if (verdict?.kind === 'allowed') return seesAll;
    if (verdict) throwIfUncertain(verdict);
    return seesNothing;
  }

  async #standIn(caller: User | PageUser, about: string, withinMs: number): Promise<RightsVerdict> {
    const organization = this.#organization;
    if (organization === undefined) {
      const obstacle = this.#options.obstacleOf?.(caller) ?? Promise.resolve(undefined);
      return (await inTime(obstacle, withinMs)) ?? { kind: 'refused' };
    }
    const project = { organization, project: randomUUID() };
    return this.#verdict(caller, `no project: ${about}`, withinMs, () => this.#ask(caller, project));
  }

  #verdicts(
    caller: User | PageUser,
    projects: readonly ProjectKey[],
    withinMs: number,
  ): Promise<RightsVerdict[]> {
    const open = new Map<string, number>();
    for (const project of projects) {
      const organization = project.organization.toLowerCase();
      if (!this.#remembered(caller, projectIdOf(project)))
        open.set(organization, (open.get(organization) ?? 0) + 1);
    }
    return Promise.all(
      projects.map((project) => {
        const many = (open.get(project.organization.toLowerCase()) ?? 0) > fewProjects;
        return this.#verdict(caller, projectIdOf(project), withinMs, () =>
          many ? this.#askIfListed(caller, project) : this.#ask(caller, project),
        );
      }),
    );
  }

  /** The verdict about a subject that is remembered, or else what `ask` says. */
  async #verdict(
    caller: User | PageUser,
    subject: string,
    withinMs: number,
    ask: () => Promise<RightsVerdict>,
  ): Promise<RightsVerdict> {
    const remembered = this.#remembered(caller, subject);
    if (remembered) return remembered;
    const before = this.#decisions.get(caller.id, subject);
    const verdict = await inTime(this.#askOnce(caller, subject, ask), withinMs);
    if (verdict.kind !== 'away') return verdict;
    const staysAllowed = before?.allowed && this.#now() - before.at < this.#options.outageMs;
    return staysAllowed ? { kind: 'allowed' } : verdict;
  }

  #remembered(caller: User | PageUser, subject: string): RightsVerdict | undefined {
    const decision = this.#decisions.get(caller.id, subject);
    if (!decision || this.#now() - decision.at >= (decision.allowed ? allowedMs : refusedMs))
      return undefined;
    return { kind: decision.allowed ? 'allowed' : 'refused' };
  }

  #askOnce(
    caller: User | PageUser,
    subject: string,
    ask: () => Promise<RightsVerdict>,
  ): Promise<RightsVerdict> {
    return once(this.#asking, `${caller.id} ${subject}`, async () => {
      const verdict = await ask();
      this.#remember(caller, subject, verdict);
      return verdict;
    });
  }

  #remember(caller: User | PageUser, subject: string, { kind }: RightsVerdict): void {
    if (kind === 'away') return;
    if (kind === 'allowed' || kind === 'refused')
      this.#decisions.set(caller.id, subject, { allowed: kind === 'allowed', at: this.#now() });
    else this.#decisions.delete(caller.id, subject);
  }

  /** Asks about a project unless the list of the user's projects, where there is one, lacks it. */
  async #askIfListed(caller: User | PageUser, project: ProjectKey): Promise<RightsVerdict> {
    const { list } = this.#options;
    const organization = project.organization.toLowerCase();
    const listed =
      list &&
      (await once(this.#listing, `${caller.id} ${organization}`, () =>
        this.#send<ProjectList>(caller, organization, () => list(caller, organization)),
      ));
    if (listed?.kind === 'listed' && !listed.projects.has(project.project.toLowerCase()))
      return { kind: 'refused' };
    return this.#ask(caller, project);
  }

  #ask(caller: User | PageUser, project: ProjectKey): Promise<RightsVerdict> {
    const { ask } = this.#options;
    return this.#send<RightsVerdict>(caller, project.organization.toLowerCase(), () => ask(caller, project));
  }

  /** Sends a question when it is its turn, unless the organization has not answered lately. */
  async #send<T extends Verdict>(
    caller: User | PageUser,
    organization: string,
    ask: () => Promise<T | Away>,
  ): Promise<T | Away> {
    const breaker = this.#breakers.get(organization) ?? new CircuitBreaker(breakerOptions);
    this.#breakers.set(organization, breaker);
    return this.#line.run(caller.id, () => askThrough(breaker, ask)) ?? away;
  }
}

type Verdict = RightsVerdict | ProjectList;
type Away = Extract<RightsVerdict, { kind: 'away' }>;

const away: Away = { kind: 'away', retryAfterSeconds: 5 };
/** The answer is remembered when it comes. */
const late: Away = { kind: 'away', retryAfterSeconds: 1 };

/** Joins a call of the same key that is under way. */
function once<T>(underWay: Map<string, Promise<T>>, key: string, call: () => Promise<T>): Promise<T> {
  const joined = underWay.get(key) ?? call().finally(() => underWay.delete(key));
  underWay.set(key, joined);
  return joined;
}

/** @param visible ids of those of the projects that may be seen */
function sightOf(projects: readonly ProjectKey[], visible: ReadonlySet<string>): Sight {
  if (visible.size === projects.length) return seesAll;
  if (visible.size === 0) return seesNothing;
  return { kind: 'some', sees: (project) => visible.has(projectIdOf(project)) };
}

async function inTime<T>(answer: Promise<T>, withinMs: number): Promise<T | Away> {
  const answered = new AbortController();
  const tooLate = sleep(withinMs, answered.signal).then(() => late);
  return Promise.race([answer, tooLate]).finally(() => answered.abort());
}

class AwayError extends Error {}

/** Asks unless the organization has not answered lately. What one caller alone causes must not stop questions of others. */
async function askThrough<T extends Verdict>(
  breaker: CircuitBreaker,
  ask: () => Promise<T | Away>,
): Promise<T | Away> {
  let verdict: T | Away = away;
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
  throw new RightsError({ kind: 'refused', target: 'consent', message });
}

/** The request names the organization, so this says nothing that its sender did not know. */
function throwIfForeign({ organization }: ProjectKey, verdict: RightsVerdict | undefined): void {
  if (verdict?.kind === 'notEntra') {
    const message = `The organization ${organization} is not backed by Microsoft Entra ID, so nobody can be told from its users.`;
    throw new RightsError({ kind: 'refused', target: 'organization', message });
  }
  if (verdict?.kind === 'otherTenant') {
    const message = `The organization ${organization} belongs to another tenant: sign in to that tenant.`;
    throw new RightsError({ kind: 'refused', target: 'tenant', message });
  }
}
