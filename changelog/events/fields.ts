/**
 * Reads fields of an event defensively and without throwing. A value of the wrong kind is noted in `problems` and
 * treated as absent. Absent and null fields are not problems: publishers and versions differ in what they send.
 */
import { isJsonObject, type JsonObject } from './decode.ts';
import { isUnsetTime, utcTime } from './utc.ts';

/** The longest text that is kept in a column of its own. */
export const longestText = 8192;
/** The longest name that is part of a deployment's id: the API takes ids of up to 512 characters. */
export const longestNameInId = 250;
/** The longest name that is part of a payload, which the API takes with up to 1,024 characters. */
export const longestNameInPayload = 400;
const mostProblems = 20;

/** The fields of one event, by paths such as `resource.run.name`. */
export class Fields {
  /** Values that could not be understood: `resource.run.id is not a whole number`. */
  readonly problems: string[] = [];
  readonly #root: JsonObject;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** The first of `paths` that holds text or a number; empty if none does. */
  text(...paths: string[]): string {
    return this.textUpTo(longestText, ...paths);
  }

  /** As {@link text}, but cut to so many characters. */
  textUpTo(longest: number, ...paths: string[]): string {
    return this.#first(paths, 'text', (value, problem) => readText(value, longest, problem)) ?? '';
  }

  /** The first of `paths` that holds a whole number from 0 up, as a number or in digits. */
  integer(...paths: string[]): number | undefined {
    return this.#first(paths, 'a whole number', readInteger);
  }

  /** The first of `paths` that holds a whole number from 1 up. Azure DevOps writes 0 for an id that is not set. */
  id(...paths: string[]): number | undefined {
    for (const path of paths) {
      const id = this.integer(path);
      if (id) return id;
    }
    return undefined;
  }

  /** The first of `paths` that holds a time, in UTC with seven fractional digits. */
  time(...paths: string[]): string | undefined {
    return this.#first(paths, 'a time', readTime);
  }

  /** The first of `paths` that holds an object. */
  object(...paths: string[]): JsonObject | undefined {
    return this.#first(paths, 'an object', (value) => (isJsonObject(value) ? value : undefined));
  }

  /** The objects in the first of `paths` that holds a list; other values in it are noted. */
  objects(...paths: string[]): readonly JsonObject[] {
    const list = this.#first(paths, 'a list', (value) => (Array.isArray(value) ? value : undefined)) ?? [];
    const objects = list.filter(isJsonObject);
    if (objects.length < list.length) this.note(`${paths[0]} holds something that is not an object`);
    return objects;
  }

  /** The value at `path`, unchecked; undefined where there is none. */
  value(path: string): unknown {
    let value: unknown = this.#root;
    for (const name of namesIn(path)) {
      if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
      value = value[name];
    }
    return value;
  }

  /** Notes a problem. Each is noted once, and no more than twenty are. */
  note(problem: string): void {
    if (this.problems.length < mostProblems && !this.problems.includes(problem)) this.problems.push(problem);
  }

  #first<T>(
    paths: readonly string[],
    kind: string,
    read: (value: unknown, problem: (text: string) => void) => T | undefined,
  ): T | undefined {
    for (const path of paths) {
      const value = this.value(path);
      if (value === undefined || value === null) continue;
      const found = read(value, (text) => this.note(`${path} ${text}`));
      if (found !== undefined) return found;
      if (!(typeof value === 'string' && (value === '' || isUnsetTime(value))))
        this.note(`${path} is not ${kind}`);
    }
    return undefined;
  }
}

const mostKnownPaths = 1_000;
const knownPaths = new Map<string, readonly string[]>();

/** Split paths are kept, as every event follows the same ones. Aliases in paths could be many, hence the limit. */
function namesIn(path: string): readonly string[] {
  const known = knownPaths.get(path);
  if (known) return known;
  const names = path.split('.');
  if (knownPaths.size < mostKnownPaths) knownPaths.set(path, names);
  return names;
}

/** Replaces what databases and terminals cannot take: NUL and halves of surrogate pairs. */
export function cleanText(text: string): string {
  return text.isWellFormed() && !text.includes('\0') ? text : text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}

function readText(value: unknown, longest: number, problem: (text: string) => void): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  if (value.length <= longest) return cleanText(value);
  problem(`is cut to ${longest} characters`);
  return cleanText(value.slice(0, longest));
}

function readInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function readTime(value: unknown): string | undefined {
  return typeof value === 'string' ? utcTime(value) : undefined;
}
