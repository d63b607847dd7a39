/**
 * What may be written to a stream besides plain text. A pipe gets nothing else, unless the environment insists:
 * https://no-color.org, https://force-color.org, and FORCE_HYPERLINK for links (OSC 8).
 */

/** Where a command writes: a stream of a process, or what a test puts in its place. */
export interface OutputStream {
  write(text: string): unknown;
  /** Whether it is a terminal. */
  readonly isTTY?: boolean | undefined;
  /** Size of the terminal; it changes when somebody resizes the window. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

export interface Capabilities {
  readonly colors: boolean;
  /** Text that leads to a URL. Terminals that do not know such links hide the URL, so it has to be known that they do. */
  readonly links: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What the stream can show. As in Node, FORCE_COLOR comes before NO_COLOR. */
export function capabilitiesOf({ isTTY = false }: OutputStream, environment: Environment): Capabilities {
  const { FORCE_COLOR, FORCE_HYPERLINK, NO_COLOR, TERM } = environment;
  const isCapable = isTTY && TERM !== 'dumb';
  return {
    colors: isForced(FORCE_COLOR) ?? (isCapable && !NO_COLOR),
    links: isForced(FORCE_HYPERLINK) ?? (isCapable && knowsLinks(environment)),
  };
}

/** Undefined if the variable is not set. */
function isForced(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : !/^(0|false)$/i.test(value);
}

/** Whether the environment is that of a terminal that shows links. There is no way to ask a terminal. */
function knowsLinks({ TERM = '', TERM_PROGRAM = '', VTE_VERSION, WT_SESSION, KONSOLE_VERSION }: Environment) {
  return (
    /^(xterm-kitty|xterm-ghostty|alacritty|foot)/.test(TERM) ||
    /^(iTerm\.app|WezTerm|vscode|ghostty|Hyper|rio|zed)$/.test(TERM_PROGRAM) ||
    Number(VTE_VERSION) >= 5000 ||
    Boolean(WT_SESSION) ||
    Boolean(KONSOLE_VERSION)
  );
}
