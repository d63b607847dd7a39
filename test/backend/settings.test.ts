import { readFileSync } from 'node:fs';
import { readConfig } from '../../backend/config.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

/** The names of the environment variables that are asked for, with `settings` set. */
function askedFor(settings: Readonly<Record<string, string>>): Set<string> {
  const names = new Set<string>();
  readConfig(
    new Proxy(settings, {
      get(target, name) {
        names.add(String(name));
        return target[String(name)];
      },
    }),
  );
  return names;
}

test('docs/operations.md lists every setting, and none that there is not', () => {
  const asked = new Set([
    ...askedFor({}),
    ...askedFor({ KUSTO_CLUSTER: 'https://x.westeurope.kusto.windows.net', KUSTO_DATABASE: 'D' }),
  ]);
  const listed = [...page.matchAll(/^\| `([A-Z][A-Z0-9_]+(?:__\w+)?)` \|/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...asked].sort());
});
