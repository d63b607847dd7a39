/** Alerts and workbooks: each alert has its guide, and what queries read is what the service emits. */
import { type MetricDeclaration, metrics } from '../../backend/telemetry/metrics.ts';
import { eventTables } from '../../changelog/events/catalogue.ts';
import { databasePlaceholder } from '../alerts/alerts.ts';
import { isObject, type Json, visitTexts } from '../json.ts';
import type { RenderedDeployment } from '../render.ts';
import type { Sources } from '../sources.ts';
import type { Problem } from './problem.ts';

const types = ['Microsoft.Insights/metricAlerts', 'Microsoft.Insights/scheduledQueryRules'];
/** Tables that the exporter of Azure Monitor and the platform fill, and those of our database. */
const tables = [
  'AppMetrics',
  'AppRequests',
  'AppDependencies',
  'AzureDiagnostics',
  ...eventTables.map((table) => databasePlaceholder + table),
];
const windows = [
  'PT5M',
  'PT10M',
  'PT15M',
  'PT30M',
  'PT45M',
  'PT1H',
  'PT2H',
  'PT3H',
  'PT4H',
  'PT5H',
  'PT6H',
  'P1D',
  'P2D',
];
const frequencies = ['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT1H'];

/** Checks the rules over logs and the workbooks by themselves. */
export function checkAlerts({ alerts, workbooks, guides, templates }: Sources): Problem[] {
  const problems: Problem[] = [];
  const declared: Readonly<Record<string, MetricDeclaration>> = metrics;
  const report = (place: string, message: string): void => {
    problems.push({ place, message });
  };
  for (const { id, query, window, frequency, metric, severity, description } of alerts) {
    const place = `alerts: ${id}`;
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id)) report(place, 'an id is in kebab case');
    if (alerts.filter((other) => other.id === id).length > 1) report(place, 'another alert has this id');
    if (!windows.includes(window)) report(place, `Azure Monitor has no window ${window}`);
    if (!frequencies.includes(frequency)) report(place, `Azure Monitor has no frequency ${frequency}`);
    if (![1, 2, 3].includes(severity)) report(place, 'the severity is 1, 2 or 3');
    if (!description.endsWith('.')) report(place, 'the description is not a sentence');
    if (metric !== undefined && !(metric in declared)) report(place, `the service has no metric ${metric}`);
    for (const message of queryProblems(query, declared)) report(place, message);
  }
  for (const [name, { alerts: own }] of Object.entries(declared)) {
    if (own.length === 0) report('backend/telemetry/metrics.ts', `no alert reads ${name}`);
    for (const { id } of own)
      if (!alerts.some((alert) => alert.id === id && alert.metric === name))
        report('alerts', `the alert ${id} of ${name} has no rule`);
  }
  for (const { name, content } of workbooks)
    visitTexts(content, (text, path) => {
      if (path.at(-1) !== 'query') return;
      for (const message of queryProblems(text, declared)) report(`workbooks: ${name}`, message);
    });
  const named = JSON.stringify([...templates.values()]);
  for (const guide of guides)
    if (!alerts.some(({ id }) => id === guide) && !named.includes(`docs/operations/alerts/${guide}.md`))
      report(`docs/operations/alerts/${guide}.md`, 'no alert has this guide');
  return problems;
}

/** Metrics that a query names are declared, and so are the attributes that it reads of them. */
function queryProblems(query: string, declared: Readonly<Record<string, MetricDeclaration>>): string[] {
  const problems: string[] = [];
  const [first = ''] = query.split('\n');
  const read = first.replace(/^union /, '').split(', ');
  for (const table of read) if (!tables.includes(table)) problems.push(`nothing fills the table ${table}`);
  const names = [...query.matchAll(/\bName == "([^"]*)"/g)].map(([, name = '']) => name);
  if (first === 'AppMetrics' && names.length === 0) problems.push('the query names no metric');
  for (const name of names) if (!declared[name]) problems.push(`the service has no metric ${name}`);
  const attributes = names.flatMap((name) => declared[name]?.attributes ?? []);
  for (const [, attribute = ''] of query.matchAll(/Properties\["([^"]*)"\]/g))
    if (!attributes.includes(attribute)) problems.push(`${names.join()} has no attribute ${attribute}`);
  return problems;
}

/** Each rule of a target says where its guide is, and somebody is told. */
export function checkAlertResources(rendered: readonly RenderedDeployment[], { guides }: Sources): Problem[] {
  const resources = rendered.flatMap(({ name, resources: own }) =>
    own.map((resource) => ({ ...resource, deployment: name })),
  );
  return resources
    .filter(({ type }) => types.includes(type))
    .flatMap(({ name, deployment, index, body }) => {
      const place = `arm/${deployment}.json: resources[${index}] (${name})`;
      const properties = isObject(body.properties) ? body.properties : {};
      const [, guide] =
        /Guide: docs\/operations\/alerts\/([\w-]+)\.md$/.exec(`${properties.description}`) ?? [];
      const problems: Problem[] = [];
      if (guide === undefined)
        problems.push({ place, message: 'the description does not say where its guide is' });
      else if (!guides.has(guide))
        problems.push({ place, message: `docs/operations/alerts/${guide}.md is missing` });
      if (!tellsSomebody(properties.actions))
        problems.push({ place, message: 'it tells nobody: there is no action group' });
      if (properties.enabled !== true) problems.push({ place, message: 'it is not enabled' });
      return problems;
    });
}

function tellsSomebody(actions: Json | undefined): boolean {
  return JSON.stringify(actions ?? null)
    .toLowerCase()
    .includes('/microsoft.insights/actiongroups/');
}
