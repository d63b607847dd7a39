/** The forms that the values of settings have. A form never repeats a value: it may be a secret in the wrong place. */

export interface Form<T> {
  /** The end of a sentence that begins with "must be". */
  readonly rightForm: string;
  /** The value, or undefined for a text of another form. The text is trimmed and not empty. */
  parse(text: string): T | undefined;
}

/** Any text. */
export const text: Form<string> = { rightForm: 'a text', parse: (given) => given };

/** A whole number in digits, both ends included. */
export function integer(least: number, most: number): Form<number> {
  return {
    rightForm: `a whole number from ${least} to ${most}`,
    parse(given) {
      const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
      return number >= least && number <= most ? number : undefined;
    },
  };
}

/** Hours of the day such as `22-5`, from the first up to the second. */
export const hours: Form<{ readonly from: number; readonly to: number }> = {
  rightForm: 'two different hours from 0 to 23 such as 1-5',
  parse(given) {
    const [, from, to] = /^(\d{1,2})-(\d{1,2})$/.exec(given)?.map(Number) ?? [];
    if (from === undefined || to === undefined || from > 23 || to > 23 || from === to) return undefined;
    return { from, to };
  },
};

/** One of some words, in any case. */
export function choice<const T extends string>(choices: readonly T[]): Form<T> {
  return {
    rightForm: `one of ${choices.join(', ')}`,
    parse: (given) => choices.find((known) => known.toLowerCase() === given.toLowerCase()),
  };
}

/** Some of some words, in any case and order, separated by commas. */
export function choices<const T extends string>(known: readonly T[]): Form<readonly T[]> {
  const one = choice(known);
  return {
    rightForm: `a list of ${known.join(', ')}, separated by commas`,
    parse(given) {
      const entries = entriesOf(given).map((entry) => one.parse(entry));
      return entries.includes(undefined) ? undefined : known.filter((word) => entries.includes(word));
    },
  };
}

/** Entries separated by commas, each accepted by `accepts`. */
export function list(rightForm: string, accepts: (entry: string) => boolean): Form<readonly string[]> {
  return {
    rightForm: `${rightForm}, separated by commas`,
    parse(given) {
      const entries = entriesOf(given);
      return entries.every(accepts) ? entries : undefined;
    },
  };
}

/** The origin of an http or https URL without a user or password. */
export function origin(example: string): Form<string> {
  return {
    rightForm: `a URL such as ${example}, without user or password`,
    parse(given) {
      if (!URL.canParse(given)) return undefined;
      const { protocol, origin, username, password } = new URL(given);
      return /^https?:$/.test(protocol) && !username && !password ? origin : undefined;
    },
  };
}

function entriesOf(given: string): string[] {
  return given.split(',').map((entry) => entry.trim());
}
