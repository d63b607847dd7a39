/** Renders templates: loops unrolled, conditions decided, and everything that is known before a deployment in its place. */
import { type Deployment, deployments, groupOf, parametersOf, type Target } from './deployments.ts';
import { evaluateJson, evaluateLoop, inLoop, providerPath, type Scope } from './expressions/evaluate.ts';
import { asJson, EvaluationError, Residual, type Value } from './expressions/functions.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { Sources } from './sources.ts';

/** A resource as it is deployed. */
export interface RenderedResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** Whether its condition holds. */
  readonly isDeployed: boolean;
  /** Ids of resources that are deployed before; the names of loops are replaced by their resources. */
  readonly dependsOn: readonly string[];
  /** The whole resource. */
  readonly body: JsonObject;
  /** Where it stands in the template's resources. */
  readonly index: number;
}

export interface RenderedDeployment {
  readonly name: string;
  readonly group: string;
  readonly subscription: string;
  readonly resources: readonly RenderedResource[];
}

/** Something in a template that cannot be rendered. */
export class RenderError extends Error {
  /** The template, and where in it. */
  readonly place: string;

  constructor(place: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'RenderError';
    this.place = place;
  }
}

/** Everything that an environment has in one region, in the order of a first deployment. @throws RenderError, UnknownTargetError */
export function renderTarget(sources: Sources, target: Target): RenderedDeployment[] {
  return deployments.map((deployment) => renderDeployment(sources, deployment, target));
}

/** One deployment. @param given values of its parameters @throws RenderError, UnknownTargetError */
export function renderDeployment(
  sources: Sources,
  deployment: Deployment,
  target: Target,
  given = parametersOf(sources, target, deployment.each),
): RenderedDeployment {
  const template = sources.templates.get(deployment.name);
  if (!template) throw new RenderError(deployment.name, 'there is no such template');
  const group = groupOf(deployment, given);
  const subscriptionId = `${given.get('subscriptionId') ?? ''}`;
  const scope = scopeOf(template, given, {
    subscriptionId,
    tenantId: `${given.get('tenantId') ?? ''}`,
    resourceGroup: { name: group, location: `${given.get('location')}` },
  });
  return {
    name: deployment.name,
    group,
    subscription: subscriptionId,
    resources: renderResources(deployment.name, template, scope),
  };
}

function scopeOf(
  template: JsonObject,
  given: ReadonlyMap<string, Value>,
  place: Pick<Scope, 'subscriptionId' | 'tenantId' | 'resourceGroup'>,
): Scope {
  const variables = isObject(template.variables) ? template.variables : {};
  const known = new Map<string, Value>();
  const declared = Object.entries(isObject(template.parameters) ? template.parameters : {});
  const parameters = new Map<string, Value>();
  for (const [name, declaration] of declared) {
    const value = given.get(name) ?? (isObject(declaration) ? declaration.defaultValue : undefined);
    if (value !== undefined) parameters.set(name, value as Value);
  }
  const scope: Scope = {
    ...place,
    parameters,
    copies: new Map(),
    variable(name) {
      const before = known.get(name);
      const definition = variables[name];
      if (before !== undefined || definition === undefined) return before;
      // A variable that names itself would never end.
      known.set(name, new Residual(`variables('${name}')`));
      const value = evaluateJson(definition, scope);
      known.set(name, value);
      return value;
    },
  };
  return scope;
}

function renderResources(template: string, { resources }: JsonObject, scope: Scope): RenderedResource[] {
  const list = Array.isArray(resources) ? resources : [];
  const loops = new Map<string, string[]>();
  const rendered = list.flatMap((resource: Json, index) => {
    const place = `${template}: resources[${index}]`;
    try {
      if (!isObject(resource)) throw new EvaluationError('a resource is an object');
      return iterations(resource, scope).map(([loop, inner]) => {
        const one = renderResource(resource, inner, index);
        if (loop !== undefined) loops.set(loop, [...(loops.get(loop) ?? []), one.id]);
        return one;
      });
    } catch (error) {
      throw new RenderError(place, error);
    }
  });
  return rendered.map((one) => ({
    ...one,
    dependsOn: one.dependsOn.flatMap((dependency) => loops.get(dependency) ?? [dependency]),
  }));
}

function iterations({ copy }: JsonObject, scope: Scope): [string | undefined, Scope][] {
  if (copy === undefined) return [[undefined, scope]];
  const [name, indices] = evaluateLoop({ ...(copy as JsonObject), input: '[copyIndex()]' }, scope);
  return (indices as readonly number[]).map((index) => [name, inLoop(scope, name, index)]);
}

function renderResource(resource: JsonObject, scope: Scope, index: number): RenderedResource {
  const { copy: _copy, condition = true, dependsOn = [], ...rest } = resource;
  const body = evaluateJson(rest, scope) as Readonly<Record<string, Value>>;
  const { type, name: nameValue = '', scope: extended } = body;
  const name = nameValue instanceof Residual ? nameValue.text : `${nameValue}`;
  const before =
    typeof extended === 'string'
      ? extended
      : `/subscriptions/${scope.subscriptionId}/resourceGroups/${scope.resourceGroup.name}`;
  // A name that Azure computes may have any characters, slashes among them.
  const path = nameValue instanceof Residual ? `/providers/${type}/${name}` : providerPath([`${type}`, name]);
  return {
    id: `${before}${path}`,
    type: `${type}`,
    name,
    isDeployed: evaluateJson(condition, scope) !== false,
    dependsOn: (evaluateJson(dependsOn, scope) as readonly Value[]).map((id) =>
      id instanceof Residual ? id.text : `${id}`,
    ),
    body: asJson(body) as JsonObject,
    index,
  };
}
