/**
 * Options that a command cannot do without. The parser reports missing ones one after another; here they are all
 * named at once, with what may replace them.
 */
import type { Command, OptionValues } from 'commander';
import { usageError } from './exit-codes.ts';

export interface RequiredOption {
  /** As the help writes it, and what may replace it: `'--organization <name>' or $AZURE_DEVOPS_ORGANIZATION`. */
  readonly title: string;
  /** What it is for, if the title does not say it. */
  readonly purpose?: string;
  readonly isGiven: (options: OptionValues) => boolean;
}

const required = new WeakMap<Command, RequiredOption[]>();

/** Makes the command refuse to run without this option. @throws CommandError when it runs, for all of them at once */
export function requireOption(command: Command, option: RequiredOption): Command {
  const known = required.get(command);
  if (known !== undefined) {
    known.push(option);
    return command;
  }
  const options = [option];
  required.set(command, options);
  return command.hook('preAction', () => refuseWithout(options, command.opts()));
}

/** Adds an option with a value that has to be given. */
export function addRequiredOption(
  command: Command,
  flags: string,
  description: string,
  parse: (text: string) => unknown = (text) => text,
): Command {
  command.option(flags, `${description} (required)`, parse);
  const [option] = command.options.slice(-1);
  return requireOption(command, {
    title: `'${flags.replace(/^-[\w-]+, /, '')}'`,
    isGiven: (values) => values[option?.attributeName() ?? ''] !== undefined,
  });
}

function refuseWithout(options: readonly RequiredOption[], given: OptionValues): void {
  const missing = options
    .filter(({ isGiven }) => !isGiven(given))
    .map(({ title, purpose }) => (purpose === undefined ? title : `${title}: ${purpose}`));
  const [first, ...others] = missing;
  if (first === undefined) return;
  throw others.length === 0
    ? usageError(`required option ${first} is missing`)
    : usageError('required options are missing:', missing);
}
