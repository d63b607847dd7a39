/** Reads settings from an environment and collects everything that is wrong with them. */
import type { Setting } from './setting.ts';

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Names every wrong setting, one to a line. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The settings are wrong:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

export class SettingsReader {
  readonly #environment: EnvironmentVariables;
  readonly #mistakes: string[] = [];

  constructor(environment: EnvironmentVariables) {
    this.#environment = environment;
  }

  /** The setting's value. A value of the wrong form is refused, and `absent` is returned in its place. */
  read<T>(setting: Setting<T>): T {
    const text = this.#text(setting);
    if (text === undefined) return setting.absent;
    const value = setting.form.parse(text);
    if (value !== undefined) return value;
    this.refuse(setting, `must be ${setting.form.rightForm}`);
    return setting.absent;
  }

  /** Whether there is a value, right or wrong. */
  isSet(setting: Setting<unknown>): boolean {
    return this.#text(setting) !== undefined;
  }

  /** Notes a mistake. `problem` continues a sentence that begins with the name, and has no full stop. */
  refuse(setting: Setting<unknown>, problem: string): void {
    this.#mistakes.push(`${setting.name} ${problem}.`);
  }

  /** Call this after everything is read. @throws ConfigError that names every mistake */
  throwIfWrong(): void {
    if (this.#mistakes.length > 0) throw new ConfigError(this.#mistakes);
  }

  /** Empty counts as unset, as it does in container definitions. */
  #text({ name }: Setting<unknown>): string | undefined {
    return this.#environment[name]?.trim() || undefined;
  }
}

/** Reads one setting alone. @throws ConfigError */
export function readSetting<T>(setting: Setting<T>, environment: EnvironmentVariables): T {
  const reader = new SettingsReader(environment);
  const value = reader.read(setting);
  reader.throwIfWrong();
  return value;
}
