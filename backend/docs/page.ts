/**
 * The OpenAPI document as a page to read: every path with its parameters, answers and an example to click, and
 * every schema. Plain HTML without scripts, so that it works offline and under any content security policy.
 */
import { apiParameters } from '../../api/parameters.ts';
import { type ApiName, apiPaths } from '../../api/paths.ts';

/** The parts of the document that the page shows; `api/openapi.ts` makes all of them. */
export interface DescribedApi {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, { readonly get: DescribedOperation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, DescribedSchema>> };
}

interface DescribedOperation {
  readonly summary: string;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface DescribedSchema {
  readonly properties?: Readonly<Record<string, DescribedSchema>>;
  readonly required?: readonly string[];
  readonly type?: string;
  readonly format?: string;
  readonly const?: string;
  readonly description?: string;
  readonly items?: DescribedSchema;
  readonly anyOf?: readonly DescribedSchema[];
  readonly $ref?: string;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
h1,h2,h3{line-height:1.2}h2{margin-top:3rem}table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8885}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}`;

/** The page. */
export function docsPage(document: DescribedApi, apis: readonly ApiName[]): string {
  const { info, paths, components } = document;
  const title = escaped(info.title);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>
<body><main><h1>${title}</h1>
<p>${escaped(info.description)}</p>
<p>For machines: <a href="/openapi.json">openapi.json</a> (version ${escaped(info.version)}).</p>
${apis.map((api) => operationSection(api, paths[apiPaths[api][0]]?.get)).join('\n')}
<h2>Objects</h2>
${Object.entries(components.schemas).map(schemaSection).join('\n')}
</main></body></html>`;
}

function operationSection(api: ApiName, operation: DescribedOperation | undefined): string {
  if (!operation) return '';
  const [canonical, ...others] = apiPaths[api];
  const parameters = apiParameters[api].map(({ name, description }) => [code(name), escaped(description)]);
  const answers = Object.entries(operation.responses).map(([status, { description }]) => [
    code(status),
    escaped(description),
  ]);
  const query = new URLSearchParams(
    Object.fromEntries(apiParameters[api].map(({ name, example }) => [name, String(example)])),
  );
  const example = escaped(`${canonical}?${query}`);
  return `<section id="${api}"><h2>${escaped(operation.summary)}</h2>
<p><code>GET ${canonical}</code>, also at ${others.map(code).join(' and ')}.</p>
${table(['Parameter', 'What it is'], parameters)}
${table(['Code', 'When'], answers)}
<p>Example: <a href="${example}"><code>${example}</code></a></p></section>`;
}

function schemaSection([name, schema]: [string, DescribedSchema]): string {
  const rows = Object.entries(schema.properties ?? {}).map(([property, described]) => [
    code(property),
    typeOf(described) + (schema.required?.includes(property) ? '' : ', optional'),
    escaped(described.description ?? ''),
  ]);
  return `<section id="${name}"><h3>${name}</h3>${table(['Field', 'Type', 'What it is'], rows)}</section>`;
}

function typeOf({ $ref, items, anyOf, const: only, type = '', format }: DescribedSchema): string {
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return `<a href="#${name}">${name}</a>`;
  }
  if (items) return `list of ${typeOf(items)}`;
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (only !== undefined) return code(`"${only}"`);
  return escaped(format === undefined ? type : `${type} (${format})`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${line(head, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table>`;
}

function code(text: string): string {
  return `<code>${escaped(text)}</code>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
