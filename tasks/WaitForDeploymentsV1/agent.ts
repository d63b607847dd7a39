/**
 * The agent's side of a task: what it hands in and the logging commands that it takes, both in the forms of
 * azure-pipelines-task-lib. Two things are done on top. Known secrets never reach the output, not even inside
 * `task.setsecret` or the library's own debug lines, which would show what was read. And text from elsewhere
 * cannot smuggle a command in, as `##vso[` anywhere in a line is one to the agent.
 */
import { Writable } from 'node:stream';
import type * as TaskLibrary from 'azure-pipelines-task-lib/task.js';
import { TaskCommand } from 'azure-pipelines-task-lib/taskcommand.js';

/** What reading takes of azure-pipelines-task-lib. */
export type AgentLibrary = Pick<
  typeof TaskLibrary,
  | 'getEndpointAuthorizationParameter'
  | 'getEndpointAuthorizationScheme'
  | 'getEndpointDataParameter'
  | 'getEndpointUrl'
  | 'getInput'
  | 'getVariable'
  | 'setStdStream'
>;

export type Properties = Readonly<Record<string, string | number | undefined>>;

export interface ServiceConnection {
  readonly id: string;
  readonly url: string | undefined;
  readonly scheme: string | undefined;
  /** A parameter of the authorization, such as `apitoken`. */
  parameter(name: string): string | undefined;
  /** A field of the connection that is no secret. */
  data(name: string): string | undefined;
}

export class Agent {
  readonly #library: AgentLibrary;
  readonly #write: (text: string) => void;
  readonly #secrets = new Set<string>();
  readonly #parameters = new Map<string, string | undefined>();

  /** `write` gets whole lines, each with its line break. */
  constructor(library: AgentLibrary, write: (text: string) => void) {
    this.#library = library;
    this.#write = write;
    library.setStdStream(new Writable({ write: (_text, _encoding, done) => done() }));
  }

  /** An input of the task; undefined when it is absent or blank. */
  input(name: string): string | undefined {
    return given(this.#library.getInput(name));
  }

  /** A variable of the pipeline, such as `Build.BuildId`. */
  variable(name: string): string | undefined {
    return given(this.#library.getVariable(name));
  }

  /** A service connection by its id; an unknown one has no URL. */
  serviceConnection(id: string): ServiceConnection {
    const library = this.#library;
    return {
      id,
      url: given(library.getEndpointUrl(id, true)),
      scheme: given(library.getEndpointAuthorizationScheme(id, true)),
      parameter: (name) => this.#parameter(id, name),
      data: (name) => given(library.getEndpointDataParameter(id, name, true)),
    };
  }

  /**
   * Read once, when first asked for: the library keeps secrets under a key in the agent's temporary folder,
   * and in the hours of a wait that folder may be cleaned or given another key.
   */
  #parameter(connection: string, name: string): string | undefined {
    const key = `${connection}/${name}`;
    if (!this.#parameters.has(key)) {
      const value = this.#library.getEndpointAuthorizationParameter(connection, name, true);
      this.#parameters.set(key, given(value));
    }
    return this.#parameters.get(key);
  }

  /** From now on, this text is `***` wherever the task would show it. */
  hide(secret: string): void {
    if (secret.length >= 4) this.#secrets.add(secret);
  }

  /** Text without known secrets. */
  withoutSecrets(text: string): string {
    let shown = text;
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, '***');
    return shown;
  }

  /** Writes one line into the log. */
  log(text: string): void {
    this.#write(`${this.withoutSecrets(asOneLine(text))}\n`);
  }

  /** Writes lines that the log shows folded under a title. */
  group(title: string, lines: readonly string[]): void {
    this.#write(`##[group]${this.withoutSecrets(asOneLine(title))}\n`);
    for (const line of lines) this.log(line);
    this.#write('##[endgroup]\n');
  }

  /** Sends a logging command such as `task.setprogress`. Undefined and empty properties are left out. */
  command(name: string, properties: Properties, message = ''): void {
    const shown = Object.entries(properties)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([key, value]) => [key, this.withoutSecrets(String(value))]);
    const command = new TaskCommand(name, Object.fromEntries(shown), this.withoutSecrets(message));
    this.#write(`${command.toString()}\n`);
  }
}

function given(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}

function asOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/##(?=\[|vso)/gi, '# #');
}
