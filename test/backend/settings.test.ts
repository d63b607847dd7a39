import { readFileSync } from 'node:fs';
import { readFunctionsConfig } from '../../backend/hosts/functions-config.ts';
import { backendSettings } from '../../backend/settings.ts';
import { metricsTable } from '../../backend/telemetry/metrics.ts';
import { commandSettings } from '../../cli/settings.ts';
import { settingsTable } from '../../settings/setting.ts';

const page = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');

/** The names of the environment variables that are read, with `settings` set. */
function namesReadWith(settings: Readonly<Record<string, string>>): Set<string> {
  const names = new Set<string>();
  const environment = new Proxy(settings, {
    get(target, name) {
      names.add(String(name));
      return target[String(name)];
    },
  });
  try {
    readFunctionsConfig(environment);
  } catch {
    // What is read counts, not whether it is right.
  }
  return names;
}

test('the backend reads every setting that it declares, and no other', () => {
  const read = new Set([
    ...namesReadWith({}),
    ...namesReadWith({ KUSTO_CLUSTER: 'https://x.westeurope.kusto.windows.net', KUSTO_DATABASE: 'D' }),
    ...namesReadWith({ CHANGELOG_STORAGE: 'https://a.queue.core.windows.net' }),
  ]);
  expect([...read].sort()).toEqual(backendSettings.map(({ name }) => name).sort());
});

test('docs/operations/backend.md has the table of metrics that their declarations give (run scripts/metrics-table.ts)', () => {
  expect(page('operations/backend')).toContain(`\n${metricsTable()}\n`);
});

test.each([
  ['operations/backend', backendSettings],
  ['cli', commandSettings],
])(
  'docs/%s.md has the table that the declarations give (run scripts/settings-tables.ts)',
  (name, settings) => {
    expect(page(name)).toContain(`\n${settingsTable(settings)}\n`);
  },
);
