/** The cases in `cases/*.json`, with everything checked that can be wrong with them before one is run. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CallerName, IntegrationCase } from './case.ts';
import { compileMatcher } from './matchers.ts';
import { checked, FileError } from './schema-check.ts';

interface CaseFile {
  readonly cases: readonly (Omit<IntegrationCase, 'group' | 'caller'> &
    Partial<Pick<IntegrationCase, 'caller'>>)[];
}

const schema = new URL('case.schema.json', import.meta.url);
const safeMethods = ['GET', 'HEAD'];
/** Callers that other environments can have. */
const commonCallers: readonly CallerName[] = ['nobody', 'service', 'ungranted'];

/** Reads all cases of a folder, by name of file. @throws FileError */
export function loadCases(folder: string): readonly IntegrationCase[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  const seen = new Set<string>();
  return files.flatMap((name) => {
    const file = join(folder, name);
    const { cases } = checked<CaseFile>(file, readFileSync(file, 'utf8'), schema);
    return cases.map((written, index): IntegrationCase => {
      const one = { caller: 'nobody' as const, ...written, group: basename(name, '.json') };
      const problem = seen.has(one.name) ? 'name is that of another case' : problemOf(one);
      if (problem !== undefined) throw new FileError(file, `/cases/${index}: ${problem}`);
      seen.add(one.name);
      return one;
    });
  });
}

/** What the schema cannot say. */
function problemOf({ environments, caller, first, request, expect }: IntegrationCase): string | undefined {
  const requests = first ? [first.request, request] : [request];
  if (environments === 'all') {
    if (requests.some(({ method = 'GET', body }) => !safeMethods.includes(method) || body !== undefined))
      return 'a case for all environments must be a safe read: GET or HEAD, without a body';
    if (!commonCallers.includes(caller))
      return `a case for all environments must have one of the callers ${commonCallers.join(', ')}`;
  }
  if (expect.body !== undefined && expect.text !== undefined) return 'expect may have body or text, not both';
  for (const [place, matcher] of [...Object.entries(expect.headers ?? {}), ['body', expect.body] as const]) {
    try {
      if (matcher) compileMatcher(matcher);
    } catch (error) {
      return `expect.${place} is not a JSON schema: ${Object(error).message}`;
    }
  }
  return undefined;
}
