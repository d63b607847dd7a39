/** Rendered resources: their names, what they refer to, and what must be so for every resource of a type. */
import { isExpression, parseExpression, visitExpression } from '../expressions/parse.ts';
import { isObject, type Json, type JsonObject, visitTexts } from '../json.ts';
import type { Memo } from '../memo.ts';
import type { RenderedDeployment, RenderedResource } from '../render.ts';
import type { Naming } from '../sources.ts';
import { policies } from './policies.ts';
import type { Problem } from './problem.ts';

/** Checks what one target consists of. */
export function checkResources(
  rendered: readonly RenderedDeployment[],
  naming: Naming,
  memo: Memo,
): Problem[] {
  const parts = rendered.map((deployment) =>
    memo.once('resources', [deployment, naming], () => checkDeployment(deployment, naming)),
  );
  const all = new Set(parts.flatMap(({ deployed }) => deployed));
  return parts.flatMap(({ problems, named }) => [
    ...problems,
    ...named
      .filter(({ id }) => !all.has(lower(id)))
      .map(({ place, id }) => ({ place, message: `${shortId(id)} is in none of our templates` })),
  ]);
}

/** What can be said of a deployment by itself, the ids that it makes, and those that it names. */
interface CheckedDeployment {
  readonly problems: readonly Problem[];
  readonly deployed: readonly string[];
  readonly named: readonly { readonly place: string; readonly id: string }[];
}

function checkDeployment(deployment: RenderedDeployment, naming: Naming): CheckedDeployment {
  const { resources } = deployment;
  const placed = resources.map((resource) => ({ resource, place: placeOf(deployment, resource) }));
  const deployed = placed.filter(({ resource }) => resource.isDeployed);
  return {
    problems: [
      ...duplicateProblems(deployment),
      ...placed.flatMap(({ resource, place }) => [
        ...nameProblems(resource, naming, place),
        ...dependencyProblems(resource, deployment, place),
        ...policyProblems(resource, place),
      ]),
      ...cycleProblems(deployment),
    ],
    deployed: deployed.map(({ resource }) => lower(resource.id)),
    named: deployed.flatMap(({ resource, place }) =>
      namedIds(resource, deployment).map((id) => ({ place, id })),
    ),
  };
}

const lower = (id: string): string => id.toLowerCase();

function placeOf({ name }: RenderedDeployment, { index, name: resource }: RenderedResource): string {
  return `arm/${name}.json: resources[${index}] (${resource})`;
}

function duplicateProblems(deployment: RenderedDeployment): Problem[] {
  const seen = new Set<string>();
  return deployment.resources.flatMap((resource) => {
    const id = lower(resource.id);
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ place: placeOf(deployment, resource), message: 'another resource has the same name' }];
  });
}

function nameProblems({ type, name }: RenderedResource, { rules }: Naming, place: string): Problem[] {
  const rule = rules[type];
  const own = name.split('/').at(-1) ?? '';
  const problems: Problem[] = [];
  if (rule !== undefined && !new RegExp(rule).test(own))
    problems.push({ place, message: `${own} must match ${rule}, as infra/naming.json says` });
  if (/\{\w+\}/.test(own)) problems.push({ place, message: `${own} has a placeholder that nothing fills` });
  return problems;
}

/** What Azure wants to be there before, although nothing refers to it. */
const waitsFor: Readonly<Record<string, string>> = {
  'Microsoft.Cdn/profiles/afdEndpoints/routes': 'Microsoft.Cdn/profiles/originGroups/origins',
};

/** What is waited for is in the same template, and what a part belongs to is waited for. */
function dependencyProblems(
  resource: RenderedResource,
  deployment: RenderedDeployment,
  place: string,
): Problem[] {
  const inTemplate = new Set(deployment.resources.map(({ id }) => lower(id)));
  const problems: Problem[] = resource.dependsOn
    .filter((id) => !inTemplate.has(lower(id)))
    .map((id) => ({ place, message: `it depends on ${shortId(id)}, which is not in this template` }));
  const needed = [parentId(resource), ...referencedIds(resource), ...idsIn(resource.body)].filter(
    (id) => id !== undefined && inTemplate.has(lower(id)) && lower(id) !== lower(resource.id),
  );
  const reached = reachable(resource, deployment);
  for (const id of new Set(needed))
    if (id !== undefined && !reached.has(lower(id)))
      problems.push({ place, message: `it needs ${shortId(id)} and does not depend on it` });
  const before = waitsFor[resource.type];
  const isAfter = deployment.resources.some(({ id, type }) => type === before && reached.has(lower(id)));
  if (before !== undefined && !isAfter)
    problems.push({ place, message: `it must depend on one of ${before}` });
  return problems;
}

/** Ids that a resource waits for, directly or not. */
function reachable(resource: RenderedResource, { resources }: RenderedDeployment): Set<string> {
  const byId = new Map(resources.map((one) => [lower(one.id), one]));
  const found = new Set<string>();
  const waiting = [...resource.dependsOn];
  for (const id of waiting) {
    if (found.has(lower(id))) continue;
    found.add(lower(id));
    waiting.push(...(byId.get(lower(id))?.dependsOn ?? []));
  }
  return found;
}

/** What a resource names by its id is deployed by one of our templates, or is a part of Azure. */
function namedIds(resource: RenderedResource, deployment: RenderedDeployment): string[] {
  const named = [...idsIn(resource.body), ...referencedIds(resource)];
  const parent = parentId(resource);
  // What is in a group of others is theirs.
  if (parent !== undefined && !isTheirs(deployment)) named.push(parent);
  return [...new Set(named)].filter(
    (id) => !/\/providers\/Microsoft\.Authorization\/roleDefinitions\//.test(id),
  );
}

function isTheirs({ name }: RenderedDeployment): boolean {
  return name === 'source-viewers';
}

/** Ids in the properties of a resource, keys included. */
function idsIn(body: JsonObject): string[] {
  const ids: string[] = [];
  const add = (text: string): void => {
    const [id] =
      /^(?:hidden-link:)?\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/.*$/.exec(text) ?? [];
    if (id !== undefined) ids.push(id.replace('hidden-link:', ''));
  };
  visitTexts(body, add);
  const keys = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(keys);
    if (!isObject(value)) return;
    for (const [key, item] of Object.entries(value)) {
      add(key);
      keys(item);
    }
  };
  keys(body);
  return ids;
}

/** Ids that expressions refer to, which Azure evaluates. */
function referencedIds({ body, name }: RenderedResource): string[] {
  const ids: string[] = [];
  const visit = (text: string): void => {
    if (!isExpression(text)) return;
    visitExpression(parseExpression(text), (part) => {
      if (part.kind === 'text' && /^\/subscriptions\/[^/]+\/resourceGroups\/.*\/providers\//.test(part.value))
        ids.push(part.value);
    });
  };
  visitTexts(body, visit);
  if (name.startsWith('guid(')) visit(`[${name}]`);
  return ids;
}

/** What a part belongs to: `a/b` of `A.B/c/d` is a part of `a`. */
function parentId({ id, type, body }: RenderedResource): string | undefined {
  if (typeof body.scope === 'string') return body.scope;
  const kinds = type.split('/');
  if (kinds.length <= 2) return undefined;
  const parts = id.split('/');
  // Services of an account, such as its queues, are there as soon as it is.
  const levels = /\/(?:blob|queue)Services\//.test(type) ? 4 : 2;
  return parts.slice(0, -levels).join('/');
}

function cycleProblems(deployment: RenderedDeployment): Problem[] {
  return deployment.resources
    .filter((resource) => reachable(resource, deployment).has(lower(resource.id)))
    .map((resource) => ({ place: placeOf(deployment, resource), message: 'it depends on itself' }));
}

function policyProblems(resource: RenderedResource, place: string): Problem[] {
  return policies
    .filter(
      ({ type, except, only = '' }) =>
        type === resource.type && !(except && resource.name.endsWith(except)) && resource.name.includes(only),
    )
    .filter(({ path, value }) => JSON.stringify(valueAt(resource.body, path)) !== JSON.stringify(value))
    .map(({ path, value, why }) => ({ place, message: `${path} must be ${JSON.stringify(value)}: ${why}` }));
}

function valueAt(body: Json, path: string): Json | undefined {
  let value: Json | undefined = body;
  for (const key of path.split('.')) {
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isObject(value) ? value[key] : undefined;
  }
  return value;
}

function shortId(id: string): string {
  return id.replace(/^\/subscriptions\/[^/]+\/resourceGroups\//, '').replace('/providers', '');
}
