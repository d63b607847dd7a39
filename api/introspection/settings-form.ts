/**
 * Reads the settings of a project from a body that anybody may have written. All mistakes are found at once, each with
 * its place, such as `Services[2].Name`; messages never repeat values.
 */
import type { ParameterMistake, ParameterReading } from '../query.ts';
import { type EnvironmentTier, environmentTiers, type ProjectSettings } from './contract.ts';

/** The limits of the document; the schemas in `contract.ts` repeat them. */
export const settingsLimits = {
  services: 2_000,
  environments: 200,
  patterns: 50,
  nameLength: 100,
  patternLength: 200,
  wildcards: 4,
} as const;

/** Settings, and the version that they replace. */
export interface SettingsReplacement {
  readonly version: number;
  readonly settings: ProjectSettings;
}

/** Reads the body of a PUT: `Version` and `Settings`. */
export function readSettingsReplacement(body: unknown): ParameterReading<SettingsReplacement> {
  const form = new SettingsForm();
  const fields = form.object('', body, ['Version', 'Settings']);
  const version = fields && form.version('Version', fields.Version);
  const settings = fields && form.settings('Settings', fields.Settings);
  return version !== undefined && settings && form.mistakes.length === 0
    ? { ok: true, values: { version, settings } }
    : { ok: false, mistakes: form.mistakes };
}

/** Reads the body of a preview: `Settings`. */
export function readSettingsToPreview(body: unknown): ParameterReading<ProjectSettings> {
  const form = new SettingsForm();
  const fields = form.object('', body, ['Settings']);
  const settings = fields && form.settings('Settings', fields.Settings);
  return settings && form.mistakes.length === 0
    ? { ok: true, values: settings }
    : { ok: false, mistakes: form.mistakes };
}

type Fields = Readonly<Record<string, unknown>>;

class SettingsForm {
  readonly mistakes: ParameterMistake[] = [];

  #refuse(target: string, problem: string): undefined {
    this.mistakes.push({ target: target || 'body', message: `${target || 'The body'} ${problem}.` });
  }

  version(target: string, value: unknown): number | undefined {
    if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
    return this.#refuse(
      target,
      `${value === undefined ? 'is missing' : 'is not valid'}; it must be the number of the version that is replaced, 0 for the first`,
    );
  }

  settings(target: string, value: unknown): ProjectSettings | undefined {
    const known = ['Services', 'Environments', 'MetadataRepositories', 'ManifestRepositories'] as const;
    const fields = this.object(target, value, known);
    if (!fields) return undefined;
    const settings = {
      Services: this.#list(`${target}.Services`, fields.Services, settingsLimits.services, (at, entry) =>
        this.#service(at, entry),
      ),
      Environments: this.#list(
        `${target}.Environments`,
        fields.Environments,
        settingsLimits.environments,
        (at, entry) => this.#environment(at, entry),
      ),
      MetadataRepositories: this.#patterns(`${target}.MetadataRepositories`, fields.MetadataRepositories),
      ManifestRepositories: this.#patterns(`${target}.ManifestRepositories`, fields.ManifestRepositories),
    };
    this.#refuseTwins(settings.Services.map(({ at, value: { Name } }) => [`${at}.Name`, Name]));
    this.#refuseTwins(
      settings.Environments.flatMap(({ at, value: { Name, Aliases } }) => [
        [`${at}.Name`, Name] as const,
        ...Aliases.filter((alias) => alias.toLowerCase() !== Name.toLowerCase()).map(
          (alias) => [`${at}.Aliases`, alias] as const,
        ),
      ]),
    );
    return {
      ...settings,
      Services: settings.Services.map((service) => service.value),
      Environments: settings.Environments.map((environment) => environment.value),
    };
  }

  object<const Name extends string>(
    target: string,
    value: unknown,
    names: readonly Name[],
  ): Partial<Record<Name, unknown>> | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.#refuse(
        target,
        `${value === undefined ? 'is missing' : 'is not an object'}; it must be a JSON object with ${names.join(', ')}`,
      );
    const unknown = Object.keys(value).filter((name) => !names.some((known) => known === name));
    for (const name of unknown)
      this.mistakes.push({
        target: target === '' ? name : `${target}.${name}`,
        message: `${target || 'The body'} has a field that is not known; it may have ${names.join(', ')}.`,
      });
    return value as Fields as Partial<Record<Name, unknown>>;
  }

  #service(at: string, value: unknown): ProjectSettings['Services'][number] | undefined {
    const fields = this.object(at, value, ['Name', 'Pipelines', 'Repositories', 'Payloads']);
    if (!fields) return undefined;
    return {
      Name: this.#name(`${at}.Name`, fields.Name),
      Pipelines: this.#patterns(`${at}.Pipelines`, fields.Pipelines),
      Repositories: this.#patterns(`${at}.Repositories`, fields.Repositories),
      Payloads: this.#patterns(`${at}.Payloads`, fields.Payloads),
    };
  }

  #environment(at: string, value: unknown): ProjectSettings['Environments'][number] | undefined {
    const fields = this.object(at, value, ['Name', 'Tier', 'Aliases']);
    if (!fields) return undefined;
    return {
      Name: this.#name(`${at}.Name`, fields.Name),
      Tier: this.#tier(`${at}.Tier`, fields.Tier),
      Aliases: this.#patterns(`${at}.Aliases`, fields.Aliases),
    };
  }

  #tier(target: string, value: unknown): EnvironmentTier {
    const tier = environmentTiers.find((known) => known === value);
    const problem = value === undefined ? 'is missing' : 'is not valid';
    if (tier === undefined)
      this.#refuse(target, `${problem}; it must be one of ${environmentTiers.join(', ')}`);
    return tier ?? 'other';
  }

  #name(target: string, value: unknown): string {
    const most = settingsLimits.nameLength;
    return this.#text(target, value, most, `a name of 1 to ${most} characters`);
  }

  /** A list that is absent is empty. */
  #patterns(target: string, value: unknown): string[] {
    const { patternLength, patterns, wildcards } = settingsLimits;
    const form = `a name, or a pattern with at most ${wildcards} *, of 1 to ${patternLength} characters`;
    const read = this.#list(target, value, patterns, (at, entry) => {
      const text = this.#text(at, entry, patternLength, form);
      if (text.split('*').length - 1 > wildcards)
        this.#refuse(at, `has more than ${wildcards} *; it must be ${form}`);
      return text;
    });
    this.#refuseTwins(read.map(({ at, value: text }) => [at, text]));
    return read.map((pattern) => pattern.value);
  }

  #text(target: string, value: unknown, most: number, form: string): string {
    const text = typeof value === 'string' ? value.trim() : undefined;
    const problem =
      value === undefined
        ? 'is missing'
        : text === undefined
          ? 'is not a text'
          : text === ''
            ? 'is empty'
            : [...text].length > most
              ? `has more than ${most} characters`
              : /\p{Cc}/u.test(text) || !text.isWellFormed()
                ? 'contains control characters'
                : undefined;
    if (problem !== undefined) this.#refuse(target, `${problem}; it must be ${form}`);
    return problem === undefined && text !== undefined ? text : '';
  }

  #list<T>(
    target: string,
    value: unknown,
    most: number,
    read: (at: string, entry: unknown) => T | undefined,
  ): { readonly at: string; readonly value: T }[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.#refuse(target, 'is not a list; it must be a list');
      return [];
    }
    if (value.length > most) {
      this.#refuse(target, `has ${value.length} entries; it must have at most ${most}`);
      return [];
    }
    return value.flatMap((entry: unknown, index) => {
      const at = `${target}[${index}]`;
      const one = read(at, entry);
      return one === undefined ? [] : [{ at, value: one }];
    });
  }

  /** Names mean one thing each; case does not tell them apart. */
  #refuseTwins(named: readonly (readonly [target: string, name: string])[]): void {
    const first = new Map<string, string>();
    for (const [target, name] of named) {
      const key = name.toLowerCase();
      const earlier = first.get(key);
      if (name === '') continue;
      if (earlier === undefined) first.set(key, target);
      else this.#refuse(target, `repeats ${earlier}; it must be another (case does not matter)`);
    }
  }
}
