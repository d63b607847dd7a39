/**
 * Writes what version 1 of the API promises to api/openapi/v1.frozen.json, which a test compares with the contract of
 * today. Additions are frozen too; a contract that breaks the frozen one is refused.
 * Run: npx tsx scripts/freeze-contract.ts, with --correction where the contract was wrong about what was always answered
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from '../api/openapi/document.ts';
import { type Contract, incompatibleChanges } from './contract-compatibility.ts';

const file = fileURLToPath(new URL('../api/openapi/v1.frozen.json', import.meta.url));
const descriptions = new Set(['summary', 'description', 'example', 'examples', 'tags']);
// What a client sends and receives counts, not how it is described; a field of such a name has a schema, an object.
const { paths, components } = JSON.parse(JSON.stringify(openApiDocument('1')), (key, value: unknown) =>
  descriptions.has(key) && (typeof value !== 'object' || Array.isArray(value)) ? undefined : value,
) as Contract;
const contract: Contract = { paths, components: { schemas: components.schemas } };

if (existsSync(file)) {
  const changes = incompatibleChanges(JSON.parse(readFileSync(file, 'utf8')) as Contract, contract);
  if (changes.length > 0 && !process.argv.includes('--correction')) {
    console.error(`Version 1 must keep what it promised:\n  ${changes.join('\n  ')}`);
    process.exit(1);
  }
}
writeFileSync(file, JSON.stringify(contract));
spawnSync('npx', ['biome', 'format', '--write', file], { stdio: 'inherit' });
