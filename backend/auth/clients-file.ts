/**
 * The clients file: which programs may ask, and about what. JSON; for each client the organizations and projects that
 * it may see, and where it has no token of Entra ID, the hashes of its static tokens:
 *
 *     {"clients": {"<client id or name>": {"grants": ["contoso", "fabrikam/<project id>"], "tokens": ["<SHA-256>"]}}}
 *
 * `settings`, a list like `grants`, names those whose settings of introspection it may change.
 *
 * It is checked at the start, and read again when it changes; a wrong file is reported, and the last good one stays.
 */
import { readFileSync } from 'node:fs';

/** A client: the projects that it may see, as `organization` or `organization/project`, in lower case. */
export interface Client {
  readonly grants: ReadonlySet<string>;
  /** Those whose settings it may change. */
  readonly settings: ReadonlySet<string>;
}

export interface Clients {
  /** By client id or name, in lower case. */
  readonly byName: ReadonlyMap<string, Client>;
  /** Names of clients, by the SHA-256 of a static token. */
  readonly nameByToken: ReadonlyMap<string, string>;
}

export const noClients: Clients = { byName: new Map(), nameByToken: new Map() };

/** The file cannot be used; every mistake continues a sentence that begins with the place in the file. */
export class ClientsFileError extends Error {
  override readonly name = 'ClientsFileError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('; '));
    this.mistakes = mistakes;
  }
}

const nameForm = /^[\w.-]{1,100}$/;
const grantForm = /^[\w.-]{1,64}(?:\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/i;
const hashForm = /^[0-9a-f]{64}$/i;

/** Reads the file. @throws ClientsFileError */
export function readClientsFile(path: string): Clients {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = Object(error).code;
    throw new ClientsFileError([`cannot be read (${typeof code === 'string' ? code : 'unknown error'})`]);
  }
  return parseClients(text);
}

/** Reads the text of a clients file. Mistakes do not repeat values, which may be tokens. @throws ClientsFileError */
export function parseClients(text: string): Clients {
  const entries = entriesOf(text);
  const mistakes: string[] = [];
  const byName = new Map<string, Client>();
  const nameByToken = new Map<string, string>();
  for (const [index, [name, value]] of entries.entries()) {
    const place = nameForm.test(name) ? `client ${name}` : `client ${index + 1}`;
    if (place !== `client ${name}`) mistakes.push(`${place} must have a name of letters, digits and .-_`);
    const {
      grants = [],
      settings = [],
      tokens = [],
      ...others
    } = Object(value) as Readonly<Record<string, unknown>>;
    if (Object.keys(others).length > 0) mistakes.push(`${place} may have only grants, settings and tokens`);
    const granted = listOf(
      grants,
      grantForm,
      `${place}: grants must be organizations or organization/project id`,
      mistakes,
    );
    const editable = listOf(
      settings,
      grantForm,
      `${place}: settings must be organizations or organization/project id`,
      mistakes,
    );
    const hashes = listOf(
      tokens,
      hashForm,
      `${place}: tokens must be SHA-256 hashes, 64 hexadecimal digits`,
      mistakes,
    );
    if (byName.has(name.toLowerCase())) mistakes.push(`${place} stands there twice`);
    byName.set(name.toLowerCase(), { grants: new Set(granted), settings: new Set(editable) });
    for (const sha256 of hashes) {
      if (nameByToken.has(sha256)) mistakes.push(`${place} has a token of another client`);
      nameByToken.set(sha256, name.toLowerCase());
    }
  }
  if (mistakes.length > 0) throw new ClientsFileError(mistakes);
  return { byName, nameByToken };
}

function entriesOf(text: string): [string, unknown][] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new ClientsFileError(['is not JSON']);
  }
  const { clients, ...others } = Object(file) as Readonly<Record<string, unknown>>;
  if (
    typeof clients !== 'object' ||
    clients === null ||
    Array.isArray(clients) ||
    Object.keys(others).length > 0
  )
    throw new ClientsFileError(['must be an object with "clients" alone, which is an object']);
  return Object.entries(clients);
}

function listOf(value: unknown, form: RegExp, mistake: string, mistakes: string[]): string[] {
  const isList =
    Array.isArray(value) && value.every((entry) => typeof entry === 'string' && form.test(entry));
  if (!isList) mistakes.push(mistake);
  return isList ? value.map((entry: string) => entry.toLowerCase()) : [];
}
