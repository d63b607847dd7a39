/**
 * Writes the table of metrics in docs/operations/backend.md from their declarations.
 * Run: npx tsx scripts/metrics-table.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { metricsTable } from '../backend/telemetry/metrics.ts';

const file = new URL('../docs/operations/backend.md', import.meta.url);
const text = readFileSync(file, 'utf8');
const table = /^\| metric \|.*\n(?:\|.*\n)+/m;
if (!table.test(text))
  throw new Error('docs/operations/backend.md has no table that begins with "| metric |"');
writeFileSync(
  file,
  text.replace(table, () => `${metricsTable()}\n`),
);
