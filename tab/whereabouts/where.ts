/** What the answer says, in the order in which the page shows it. Nothing here depends on React. */
import type { Presence, PresenceWord, Step, Whereabouts } from '../../api/introspection/contract.ts';
import { type DeploymentState, isFinal, stateOf } from '../../api/states.ts';
import { whereStrings } from './strings.ts';

export interface ServicePlaces {
  readonly service: string;
  readonly places: readonly Presence[];
}

/** Places by service, both in the order of the answer. */
export function byService(places: readonly Presence[]): ServicePlaces[] {
  const services = new Map<string, Presence[]>();
  for (const place of places) services.set(place.Service, [...(services.get(place.Service) ?? []), place]);
  return [...services].map(([service, ofService]) => ({ service, places: ofService }));
}

/** The word of a place; undefined for one that a newer service has. */
export function presenceOf({ Presence: word }: Pick<Presence, 'Presence'>): PresenceWord | undefined {
  return knownWords.find((known) => known === word);
}

// From the texts, because the contract's own list would bring its schemas into the page.
const knownWords = Object.keys(whereStrings.presence) as PresenceWord[];

/** The chain's steps that have not ended, without what cannot be waited for. */
export function openSteps(steps: readonly Step[]): Step[] {
  return steps.filter((step) => isWork(step) && !isFinal(stateOf(step)) && stateOf(step) !== 'unknown');
}

/** The steps that failed or were cancelled, unless a later one of the same name succeeded or it is there anyway. */
export function failedSteps({ Steps, Environments }: Whereabouts): Step[] {
  return Steps.filter((step) => {
    const state = stateOf(step);
    if (!isWork(step) || (state !== 'failed' && state !== 'canceled')) return false;
    return !isThere(step, Environments) && !Steps.some((later) => makesGood(later, step));
  });
}

function isThere({ Kind, Title }: Step, places: readonly Presence[]): boolean {
  const named = places.filter(({ Environment }) => Environment === Title);
  return Kind === 'environment' && named.length > 0 && named.every((place) => presenceOf(place) === 'here');
}

function makesGood(later: Step, failed: Step): boolean {
  const isOfTheSame = later.Kind === failed.Kind && later.Title === failed.Title;
  const isLater = Date.parse(later.StartTime ?? '') > Date.parse(failed.StartTime ?? '');
  return isOfTheSame && isLater && stateOf(later) === 'succeeded';
}

function isWork({ Kind }: Step): boolean {
  return Kind !== 'commit' && Kind !== 'pullRequest';
}

export interface WhereSummary {
  readonly state: DeploymentState;
  readonly headline: string;
}

/** The answer in a line: how many environments hold it, and what is on its way. */
export function summaryOf(whereabouts: Whereabouts): WhereSummary {
  const { Environments: places, Steps } = whereabouts;
  const amount = (word: PresenceWord) => places.filter((place) => presenceOf(place) === word).length;
  const [here, partly, underWay] = [amount('here'), amount('partly'), amount('underWay')];
  const failed = failedSteps(whereabouts).length;
  const isMoving = underWay > 0 || openSteps(Steps).length > 0;
  const words = whereStrings.summary;
  const more = [
    ...(partly > 0 ? [words.partly(partly)] : []),
    ...(underWay > 0 ? [words.underWay(underWay)] : []),
    ...(failed > 0 ? [words.failed(failed)] : []),
  ];
  const lead = words.lead(here, places.length, byService(places).length);
  return {
    state: stateOfAll(here === places.length, failed > 0, isMoving),
    headline: [lead, ...more].join(', '),
  };
}

function stateOfAll(isEverywhere: boolean, hasFailed: boolean, isMoving: boolean): DeploymentState {
  if (isEverywhere) return 'succeeded';
  if (isMoving) return 'inProgress';
  return hasFailed ? 'failed' : 'notStarted';
}

/** Of several changes, the one that most environments do not hold, with those that lack it. */
export function weakestLink(
  places: readonly Presence[],
): { readonly name: string; readonly environments: readonly string[] } | undefined {
  const lacking = new Map<string, Set<string>>();
  for (const { Missing, Environment } of places)
    for (const name of Missing) lacking.set(name, (lacking.get(name) ?? new Set<string>()).add(Environment));
  const [weakest, next] = [...lacking].toSorted(([, a], [, b]) => b.size - a.size);
  const isAlone =
    places.some((place) => presenceOf(place) === 'partly') && weakest?.[1].size !== next?.[1].size;
  return weakest && isAlone ? { name: weakest[0], environments: [...weakest[1]] } : undefined;
}

/** Whether something of it may still change soon, or it has arrived everywhere. */
export function paceOf({ Environments: places, Steps }: Whereabouts): 'open' | 'settled' {
  const isEverywhere = places.length > 0 && places.every((place) => presenceOf(place) === 'here');
  return isEverywhere && openSteps(Steps).length === 0 ? 'settled' : 'open';
}
