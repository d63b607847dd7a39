/**
 * Writes the tables of settings in docs/ from their declarations.
 * Run: npx tsx scripts/settings-tables.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { backendSettings } from '../backend/settings.ts';
import { commandSettings } from '../cli/settings.ts';
import { settingsTable } from '../settings/setting.ts';

for (const [page, settings] of [
  ['operations/backend', backendSettings],
  ['cli', commandSettings],
] as const) {
  const file = new URL(`../docs/${page}.md`, import.meta.url);
  const text = readFileSync(file, 'utf8');
  const table = /^\| variable \|.*\n(?:\|.*\n)+/m;
  if (!table.test(text)) throw new Error(`docs/${page}.md has no table that begins with "| variable |"`);
  writeFileSync(
    file,
    text.replace(table, () => `${settingsTable(settings)}\n`),
  );
}
