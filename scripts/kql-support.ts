/**
 * Writes docs/kql-support.md from the compiler's own tables of operators and functions.
 * Run: npx tsx scripts/kql-support.ts
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AGGREGATES } from '../kusto/engine/functions/aggregates.ts';
import { SCALAR_GROUPS } from '../kusto/engine/functions/function-table.ts';
import { OPERATORS } from '../kusto/engine/functions/operators.ts';
import { SPECIAL_CALLS } from '../kusto/engine/plan/calls.ts';
import { JOIN_KINDS } from '../kusto/engine/plan/joins.ts';
import { PIPE_OPERATORS } from '../kusto/engine/plan/pipe-operators.ts';
import { ROW_AGGREGATES } from '../kusto/engine/plan/summarize.ts';
import { MOST_ROWS } from '../kusto/engine/remote/connection.ts';
import { type Share, shares } from './kql-shares.ts';

/** Where the page is. */
export const supportPage = fileURLToPath(new URL('../docs/kql-support.md', import.meta.url));

interface Entry {
  readonly name: string;
  readonly page: string;
  readonly note?: string;
}

/** The page's text. */
export function supportText(): string {
  return `# KQL that the embedded engine supports

<!-- Written by scripts/kql-support.ts from the compiler's tables. -->

A query means here what it means in Azure Data Explorer. The engine refuses everything that is not on this page, with
an error that names the construct, its line and its column; nothing is approximated.

## How much of the language

Counted against the lists in Microsoft's own parser (\`@kusto/language-service-next\`), without what they hide or call
obsolete. What is supported in part, as the notes say, counts.

${shareTable(shares())}

## The documentation's examples

Every example with a printed answer on the pages below [learn.microsoft.com/kusto/query](https://learn.microsoft.com/kusto/query/),
run on 2026-11-28. Those that are right, or where the page is wrong, are \`test/kusto/engine/documented/facts.json\`, each of the
latter with what the page has wrong.

${examplesTable()}

The sample tables (\`StormEvents\` in 142 of the 162) are not at hand, so of those examples it is known that they are accepted, and that
their columns are right: of 79 with a printed table, 73 have the page's columns on an empty \`StormEvents\`, 5 pages have a slip, and
\`project column_ifexists("Capital", State)\` has the name \`Column1\`, where the page has \`State\`.
The 21: names that the page does not define (7), \`rand()\` and \`new_guid()\` (5), other clusters and databases (3), \`count(x)\`, which
Microsoft's parser refuses (2), \`search\`, \`hll()\`, a \`partition\` in braces, and commands and a query in one text.

## Statements and sources

- \`let\` for scalars, tables and functions (with parameters, defaults and tables as arguments), \`declare query_parameters\` with defaults; \`set query_take_max_records\`; \`set\` of other options has no effect, or is refused where they change answers, as \`query_now\` does. Of a request's options \`query_now\` and \`query_take_max_records\` are followed; \`query_datetimescope_…\`, \`query_results_apply_getschema\` and \`query_language\` of another language are refused. Several statements give several results.
- Tables, materialized views, stored functions (expanded where they are called, with tables as arguments too), \`database('this one').T\`.
- \`cluster('http://127.0.0.1:7101').database('D')\` before \`T\`, \`table('T')\`, \`materialized_view('V')\` or \`F(…)\` with scalar arguments, where \`kusto serve --allow-cluster\` allows that engine ([how](embedded-engine.md#other-engines)). At most ${MOST_ROWS.toLocaleString('en')} rows of each.
- ${['datatable', 'print', 'range', 'union', 'materialize()', 'materialized_view()', 'table()', 'toscalar()'].map(code).join(', ')}; \`table()\` with a written name or a parameter; \`in\`, \`has_any\` and \`has_all\` with a list or with a table of one column.
- Joins: kind ${JOIN_KINDS.map(code).join(', ')}, on equal columns, by name or with \`$left\` and \`$right\`.

## Tabular operators

${table(Object.values(PIPE_OPERATORS))}

## Scalar operators

${table(OPERATORS)}

## Scalar functions

Depending on where they are used: ${SPECIAL_CALLS.map((name) => code(`${name}()`)).join(', ')}.

${SCALAR_GROUPS.map(({ title, functions }) => `### ${title}\n\n${table(functions)}`).join('\n\n')}

## Aggregate functions

${table([...ROW_AGGREGATES, ...AGGREGATES])}

## Known differences

- A \`decimal\` beside a real number is refused: write \`decimal(1.5)\`, or convert one of them. Percentiles, running sums and
  materialized views take no decimals but as keys. What is beyond 34 digits with an exponent of 6144, or divided by zero, is null.
- \`table(name)\` takes a parameter of a function, and none of the query.
- A real number is never NaN: it is null instead; infinite ones are kept. Null is also what is not finite in a series, such as a division by zero.
- Of a whole number, \`ceiling()\` is a whole one, and a real one in Kusto; weeks of \`datetime_diff()\` are a long, and real in Kusto.
`;
}

/** Counted by hand, since the pages are not part of this repository. */
const EXAMPLES: readonly (readonly [string, number, number])[] = [
  ['right', 323, 1],
  ['the page has a slip in the answer, such as a column called otherwise', 55, 0],
  ['of chance, or of the time of asking', 8, 0],
  ['need the rows of a sample table', 162, 46],
  ['refused', 21, 532],
  ['wrong', 0, 0],
];

function examplesTable(): string {
  const sum = (at: 1 | 2): number => EXAMPLES.reduce((total, row) => total + row[at], 0);
  const lines = EXAMPLES.map(([what, supported, others]) => `| ${what} | ${supported} | ${others} |`);
  const heads = '| | Pages of what is supported | Other pages |\n| --- | --- | --- |';
  return [heads, `| examples | ${sum(1)} | ${sum(2)} |`, ...lines].join('\n');
}

function shareTable(all: readonly Share[]): string {
  const lines = all.map(
    ({ of, known, listed }) => `| ${of} | ${known} of ${listed} | ${Math.round((100 * known) / listed)} % |`,
  );
  return ['| Of | Supported | Share |', '| --- | --- | --- |', ...lines].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(entries: readonly Entry[]): string {
  const lines = entries.map(
    ({ name, page, note }) =>
      `| [${code(name)}](https://learn.microsoft.com/kusto/query/${page}) | ${note ?? ''} |`,
  );
  return ['| Name | Notes |', '| --- | --- |', ...lines].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(supportPage, supportText());
  for (const { of, known, listed } of shares()) process.stdout.write(`${of}: ${known} of ${listed}\n`);
}
