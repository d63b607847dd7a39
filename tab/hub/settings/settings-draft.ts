/** The settings as a form has them: lists are texts with a pattern a line, and every entry has a key. */
import type { ProjectSettings, SettingsPreview } from '../../../api/introspection/contract.ts';

type SettingsService = ProjectSettings['Services'][number];
type SettingsEnvironment = ProjectSettings['Environments'][number];

export type Tier = SettingsEnvironment['Tier'];
/** Not those of the contract, because the library of its schemas would come with them. */
export const tiers: readonly Tier[] = ['development', 'test', 'staging', 'production', 'other'];

export interface ServiceDraft {
  readonly key: number;
  readonly name: string;
  readonly pipelines: string;
  readonly repositories: string;
  readonly payloads: string;
}

export interface EnvironmentDraft {
  readonly key: number;
  readonly name: string;
  readonly tier: Tier;
  readonly aliases: string;
}

export interface SettingsDraft {
  readonly services: readonly ServiceDraft[];
  readonly environments: readonly EnvironmentDraft[];
  readonly metadataRepositories: string;
  readonly manifestRepositories: string;
}

let lastKey = 0;
const newKey = () => ++lastKey;

export const emptyService = (): ServiceDraft => ({
  key: newKey(),
  name: '',
  pipelines: '',
  repositories: '',
  payloads: '',
});

export const emptyEnvironment = (): EnvironmentDraft => ({
  key: newKey(),
  name: '',
  tier: 'other',
  aliases: '',
});

/** The form of settings. */
export function draftOf(settings: ProjectSettings): SettingsDraft {
  return {
    services: settings.Services.map(({ Name, Pipelines, Repositories, Payloads }) => ({
      key: newKey(),
      name: Name,
      pipelines: text(Pipelines),
      repositories: text(Repositories),
      payloads: text(Payloads),
    })),
    environments: settings.Environments.map(({ Name, Tier, Aliases }) => ({
      key: newKey(),
      name: Name,
      tier: Tier,
      aliases: text(Aliases),
    })),
    metadataRepositories: text(settings.MetadataRepositories),
    manifestRepositories: text(settings.ManifestRepositories),
  };
}

/** The settings that a form stands for. The service says what is wrong with them. */
export function settingsOf(draft: SettingsDraft): ProjectSettings {
  return {
    Services: draft.services.map(
      ({ name, pipelines, repositories, payloads }): SettingsService => ({
        Name: name.trim(),
        Pipelines: lines(pipelines),
        Repositories: lines(repositories),
        Payloads: lines(payloads),
      }),
    ),
    Environments: draft.environments.map(
      ({ name, tier, aliases }): SettingsEnvironment => ({
        Name: name.trim(),
        Tier: tier,
        Aliases: lines(aliases),
      }),
    ),
    MetadataRepositories: lines(draft.metadataRepositories),
    ManifestRepositories: lines(draft.manifestRepositories),
  };
}

/** The same form with an entry for each guess, so that guesses can be corrected instead of typed. */
export function withGuesses(draft: SettingsDraft, preview: SettingsPreview): SettingsDraft {
  const services = preview.Services.filter(({ Guessed }) => Guessed).map(({ Name, Pipelines }) => ({
    ...emptyService(),
    name: Name,
    pipelines: text(Pipelines),
  }));
  const environments = preview.Environments.filter(({ Guessed }) => Guessed).map(({ Name, Tier }) => ({
    ...emptyEnvironment(),
    name: Name,
    tier: tiers.find((tier) => tier === Tier) ?? 'other',
  }));
  return {
    ...draft,
    services: [...draft.services, ...services],
    environments: [...draft.environments, ...environments],
  };
}

/** The list with one entry moved by some places. */
export function moved<T extends { readonly key: number }>(list: readonly T[], key: number, by: number): T[] {
  const from = list.findIndex((entry) => entry.key === key);
  const entry = list[from];
  if (!entry) return [...list];
  const others = list.filter((one) => one !== entry);
  const to = Math.max(0, Math.min(others.length, from + by));
  return [...others.slice(0, to), entry, ...others.slice(to)];
}

const text = (patterns: readonly string[]) => patterns.join('\n');
const lines = (patterns: string) =>
  patterns
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
