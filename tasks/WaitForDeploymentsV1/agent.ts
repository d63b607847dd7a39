/**
 * The agent as the task sees it: inputs, variables, service connections and logging commands, in the formats of
 * azure-pipelines-task-lib. It adds two protections. Known secrets never reach the output, not even in
 * `task.setsecret` or in the library's debug lines. And untrusted text cannot inject a command, since the
 * agent takes `##vso[` anywhere in a line for one.
 */
import { Writable } from 'node:stream';
import type * as TaskLibrary from 'azure-pipelines-task-lib/task.js';
import { TaskCommand } from 'azure-pipelines-task-lib/taskcommand.js';
import { printable } from '../../net/printable.ts';

/** The functions that are used of azure-pipelines-task-lib. */
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
  /** A field of the connection that is not secret. */
  data(name: string): string | undefined;
}

export class Agent {
  readonly #library: AgentLibrary;
  readonly #write: (text: string) => void;
  readonly #secrets = new Set<string>();
  readonly #parameters = new Map<string, string | undefined>();

  /** @param write called with whole lines, including the line break */
  constructor(library: AgentLibrary, write: (text: string) => void) {
    this.#library = library;
    this.#write = write;
    library.setStdStream(new Writable({ write: (_text, _encoding, done) => done() }));
  }

  /** An input of the task; undefined if it is missing or blank. */
  input(name: string): string | undefined {
    return given(this.#library.getInput(name));
  }

  /** A variable of the pipeline, such as `Build.BuildId`. */
  variable(name: string): string | undefined {
    return given(this.#library.getVariable(name));
  }

  /** The service connection with an id. If there is none, its `url` is undefined. */
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
   * Reads each parameter once: the library encrypts secrets with a key in the agent's temporary folder, which
   * may be cleaned up in the hours of a wait.
   */
  #parameter(connection: string, name: string): string | undefined {
    const key = `${connection}/${name}`;
    if (!this.#parameters.has(key)) {
      const value = this.#library.getEndpointAuthorizationParameter(connection, name, true);
      this.#parameters.set(key, given(value));
    }
    return this.#parameters.get(key);
  }

  /** Replaces this text with `***` in all output from now on. */
  hide(secret: string): void {
    if (secret.length >= 4) this.#secrets.add(secret);
  }

  /** Replaces known secrets in a text with `***`. */
  withoutSecrets(text: string): string {
    let shown = text;
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, '***');
    return shown;
  }

  /** Writes one line to the log. */
  log(text: string): void {
    this.#write(`${this.withoutSecrets(asOneLine(text))}\n`);
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
  return printable(text).replace(/##(?=\[|vso)/gi, '# #');
}
