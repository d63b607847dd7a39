/**
 * The agent's side of a task, without a library: what it hands in (environment variables) and what it takes
 * (logging commands on standard output). azure-pipelines-task-lib does the same through process globals in
 * 150 KB; here both ends are passed in. Two things are done on top. Known secrets never reach the output, not
 * even inside `task.setsecret`. And text from elsewhere cannot smuggle a command in, as `##vso[` anywhere in
 * a line is one to the agent.
 */

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
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #write: (text: string) => void;
  readonly #secrets = new Set<string>();

  /** `write` gets whole lines, each with its line break. */
  constructor(environment: Readonly<Record<string, string | undefined>>, write: (text: string) => void) {
    this.#environment = environment;
    this.#write = write;
  }

  /** An input of the task; undefined when it is absent or blank. */
  input(name: string): string | undefined {
    return this.#read(`INPUT_${environmentName(name)}`);
  }

  /** A variable of the pipeline, such as `Build.BuildId`. */
  variable(name: string): string | undefined {
    return this.#read(environmentName(name));
  }

  /** A service connection by its id; an unknown one has no URL. */
  serviceConnection(id: string): ServiceConnection {
    return {
      id,
      url: this.#read(`ENDPOINT_URL_${id}`),
      scheme: this.#read(`ENDPOINT_AUTH_SCHEME_${id}`),
      parameter: (name) => this.#read(`ENDPOINT_AUTH_PARAMETER_${id}_${environmentName(name)}`),
      data: (name) => this.#read(`ENDPOINT_DATA_${id}_${environmentName(name)}`),
    };
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
    const given = Object.entries(properties)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([key, value]) => `${key}=${escapeProperty(this.withoutSecrets(String(value)))};`);
    const head = given.length > 0 ? `${name} ${given.join('')}` : name;
    this.#write(`##vso[${head}]${escapeMessage(this.withoutSecrets(message))}\n`);
  }

  #read(name: string): string | undefined {
    return this.#environment[name]?.trim() || undefined;
  }
}

function environmentName(name: string): string {
  return name.replace(/[. ]/g, '_').toUpperCase();
}

function escapeMessage(text: string): string {
  return text.replace(/%/g, '%AZP25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replace(/]/g, '%5D').replace(/;/g, '%3B');
}

function asOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/##(?=\[|vso)/gi, '# #');
}
