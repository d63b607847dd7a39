/**
 * What was compiled, kept in the database's file: binding costs up to seconds, and after a restart the first
 * answer, or the first row that comes in, must not wait for the parser.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { Catalog } from '../catalog.ts';
import { dependenciesOf, keyOf } from '../dependencies.ts';

/** Where compilations outlive the process, by a key that says all that they depend on. */
export interface CompilationStore {
  load(key: string): Uint8Array | undefined;
  save(key: string, compilation: Uint8Array): void;
}

/** Compilations by what they are of; they hold for what that depends on and one state of the engine's code. */
export class KeptCompilations {
  readonly #store: CompilationStore;

  constructor(store: CompilationStore) {
    this.#store = store;
  }

  /**
   * The compilation that is kept of `subject` under `catalog`, or else that of `compile`, which is then kept.
   *
   * @param subject names all that it depends on
   * @param isWorthKeeping whether it will be asked for after a restart; by default always
   */
  async get<Compilation>(
    catalog: Catalog,
    subject: string,
    compile: () => Promise<Compilation>,
    isWorthKeeping: (compilation: Compilation) => boolean = () => true,
  ): Promise<Compilation> {
    const key = createHash('sha256')
      .update(`${engineFingerprint()}\n${keyOf(dependenciesOf(catalog, subject))}\n${subject}`)
      .digest('hex');
    const kept = this.#store.load(key);
    if (kept) return deserialize(kept);
    const compilation = await compile();
    if (isWorthKeeping(compilation)) this.#store.save(key, serialize(compilation));
    return compilation;
  }
}

let fingerprint: string | undefined;

/** Where a build keeps the fingerprint of the code that it was made of: what either has compiled serves both. */
export const fingerprintFile = 'fingerprint.json';

/** Changes whenever the engine's code does, since another compiler may make another statement. */
export function engineFingerprint(): string {
  if (fingerprint !== undefined) return fingerprint;
  const engine = fileURLToPath(new URL('..', import.meta.url));
  const built = join(engine, fingerprintFile);
  fingerprint = existsSync(built) ? String(JSON.parse(readFileSync(built, 'utf8'))) : fingerprintOf(engine);
  return fingerprint;
}

function fingerprintOf(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.[jt]s$/.test(file),
  );
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}
