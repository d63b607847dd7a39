/**
 * A setting: an environment variable, declared once with its description, default and form. Programs read it
 * with a {@link SettingsReader}, and docs/operations/backend.md lists it from the same declaration.
 */
import type { Form } from './forms.ts';

export interface Setting<T> {
  /** The environment variable. */
  readonly name: string;
  /** One line of Markdown. */
  readonly description: string;
  /** The default as documented, in Markdown. */
  readonly documentedDefault: string;
  readonly form: Form<T>;
  /** The value where the variable is unset or wrong. */
  readonly absent: T;
}

/** Declares a setting with a default. */
export function setting<T>(
  name: string,
  form: Form<T>,
  given: { readonly default: T & (string | number); readonly description: string },
): Setting<T> {
  const documentedDefault = `\`${given.default}\``;
  return { name, form, description: given.description, documentedDefault, absent: given.default };
}

/**
 * Declares a setting that may be undefined.
 *
 * @param given `unset` says what happens without it, in Markdown
 */
export function optionalSetting<T>(
  name: string,
  form: Form<T>,
  given: { readonly unset: string; readonly description: string },
): Setting<T | undefined> {
  const { description, unset } = given;
  return { name, form, description, documentedDefault: unset, absent: undefined };
}

/** The settings as a Markdown table. */
export function settingsTable(settings: readonly Setting<unknown>[]): string {
  const rows = settings.map(
    ({ name, documentedDefault, description }) => `| \`${name}\` | ${documentedDefault} | ${description} |`,
  );
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
