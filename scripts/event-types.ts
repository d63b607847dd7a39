/**
 * Writes the table of event types in docs/changelog-feed.md from the catalogue of events.
 * Run: npx tsx scripts/event-types.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventTypes } from '../changelog/events/catalogue.ts';

/** The page that holds the table. */
export const feedPage = fileURLToPath(new URL('../docs/changelog-feed.md', import.meta.url));

const begin = '<!-- event types: begin (npx tsx scripts/event-types.ts) -->';
const end = '<!-- event types: end -->';

/** The page's text with the table as the catalogue has it. @throws Error where the page has no markers */
export function withEventTypes(page: string): string {
  const [before, rest] = page.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined) throw new Error(`The page needs ${begin} and ${end}`);
  return `${before}${begin}\n\n${table()}\n\n${end}${after}`;
}

function table(): string {
  const rows = eventTypes.map(
    ({ hookGroup, subscribedByDefault = true, eventType, publisherId, resourceVersion, table }) =>
      `| \`${hookGroup}\`${subscribedByDefault ? '' : ' (on request)'} | \`${eventType}\` | \`${publisherId}\`, ${resourceVersion} | [\`${table}\`](../kusto/tables/${table}.kql) |`,
  );
  return [
    '| `--events` | event type | publisher, version | table |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(feedPage, withEventTypes(readFileSync(feedPage, 'utf8')));
}
