/** The rollouts of Ev2: each has its steps, which come after those whose resources they need. */
import { type Ev2Package, objectsIn, type Rollout, rollouts } from '../ev2/package.ts';
import { isObject, type Json, visitTexts } from '../json.ts';
import type { Memo } from '../memo.ts';
import type { RenderedDeployment } from '../render.ts';
import type { Sources } from '../sources.ts';
import { type Definition, definitionsIn, packageIn, problemsOf, type Report } from './ev2-definitions.ts';
import type { Problem } from './problem.ts';

/** Steps that the rollouts of code have, by the names of their targets; that of the infrastructure has all others. */
const stepsOfCode: Readonly<Record<Exclude<Rollout, 'Infrastructure'>, readonly string[]>> = {
  Code: ['CopyPackages', 'Slots', 'SwapSlots', 'Traffic'],
  Rollback: ['SwapBack'],
};

/** Checks the rollouts of all environments. @param rendered every deployment of each environment, in all of its regions */
export function* checkRollouts(
  sources: Sources,
  rendered: ReadonlyMap<string, readonly RenderedDeployment[]>,
  memo: Memo,
): Generator<Problem> {
  for (const environment of sources.environments.keys()) {
    const files = packageIn(sources, environment, memo);
    const own = rendered.get(environment) ?? [];
    for (const name of rollouts)
      yield* memo.once(`rollout ${name} ${environment}`, [files, ...own], () =>
        problemsOf(environment, (report) => {
          checkRollout(files, name, own, report, memo);
        }),
      );
  }
}

interface Step {
  readonly name: string;
  readonly target: string;
  readonly actions: readonly string[];
  readonly dependsOn: readonly string[];
}

function stepsIn(files: Ev2Package, rollout: string): Step[] {
  const texts = (value: Json | undefined) =>
    Array.isArray(value) ? value.map((item: Json) => `${item}`) : [];
  return objectsIn(files.get(`RolloutSpecs/${rollout}.json`)?.orchestratedSteps).map((step) => ({
    name: `${step.name}`,
    target: `${step.targetName}`,
    actions: texts(step.actions),
    dependsOn: texts(step.dependsOn),
  }));
}

function checkRollout(
  files: Ev2Package,
  rollout: Rollout,
  rendered: readonly RenderedDeployment[],
  report: Report,
  memo: Memo,
): void {
  const file = `RolloutSpecs/${rollout}.json`;
  const steps = stepsIn(files, rollout);
  const definitions = definitionsIn(files);
  const { rolloutMetadata } = files.get(file) ?? {};
  const { serviceModelPath, scopeBindingsPath, configuration } = isObject(rolloutMetadata)
    ? rolloutMetadata
    : {};
  for (const path of [serviceModelPath, scopeBindingsPath, specPathIn(configuration)])
    if (!files.has(`${path}`)) report(file, `${path} is not there`);
  for (const { name, target, actions, dependsOn } of steps) {
    const definition = definitions.find((one) => one.name === target);
    if (!definition) report(file, `the target ${target} is not in the service model`);
    const right = definition?.templatePath === undefined ? shellActionOf(files, definition) : 'deploy';
    if (definition && actions.join() !== right) report(file, `the action of ${name} must be ${right}`);
    for (const other of dependsOn)
      if (!steps.some((step) => step.name === other))
        report(file, `${name} depends on ${other}, which is no step`);
    if (before(name, steps).has(name)) report(file, `${name} depends on itself`);
  }
  const targets = steps.map(({ target }) => target);
  const others = Object.values(stepsOfCode).flat();
  const needed =
    rollout === 'Infrastructure'
      ? definitions.map(({ name }) => name).filter((name) => !others.includes(name))
      : stepsOfCode[rollout];
  for (const target of needed) if (!targets.includes(target)) report(file, `there is no step for ${target}`);
  for (const target of targets)
    if (!needed.includes(target)) report(file, `the step for ${target} is one of another rollout`);
  for (const { name, needs } of orderOf(steps, definitions, rendered, memo)) {
    const first = before(name, steps);
    for (const need of needs)
      if (!first.has(need)) report(file, `${name} must come after ${need}, whose resources it needs`);
  }
  for (const [later, sooner] of [
    ['Slots', 'CopyPackages'],
    ['SwapSlots', 'Slots'],
    ['Traffic', 'SwapSlots'],
  ] as const)
    if (targets.includes(later) && targets.includes(sooner) && !before(later, steps).has(sooner))
      report(file, `${later} must come after ${sooner}`);
}

function specPathIn(configuration: Json | undefined): string {
  const scope = isObject(configuration) ? configuration.serviceGroupScope : undefined;
  return isObject(scope) ? `${scope.specPath}` : '';
}

function shellActionOf(files: Ev2Package, definition: Definition | undefined): string {
  const [extension] = objectsIn(files.get(definition?.path ?? '')?.shellExtensions);
  return `shell/${extension?.name}`;
}

/** Steps that come before one, directly or not. */
function before(name: string, steps: readonly Step[]): Set<string> {
  const found = new Set<string>();
  const waiting = [...(steps.find((step) => step.name === name)?.dependsOn ?? [])];
  for (const one of waiting) {
    if (found.has(one)) continue;
    found.add(one);
    waiting.push(...(steps.find((step) => step.name === one)?.dependsOn ?? []));
  }
  return found;
}

/** For each step the steps of the rollout that deploy what its resources name. */
function orderOf(
  steps: readonly Step[],
  definitions: readonly Definition[],
  rendered: readonly RenderedDeployment[],
  memo: Memo,
): { readonly name: string; readonly needs: readonly string[] }[] {
  const madeBy = new Map(
    rendered.flatMap(({ name, resources }) => resources.map(({ id }) => [id.toLowerCase(), name] as const)),
  );
  const stepOf = (deployment: string): string | undefined => {
    const definition = definitions.find(
      ({ templatePath }) => templatePath === `Templates/${deployment}.json`,
    );
    return steps.find(({ target }) => target === definition?.name)?.name;
  };
  return rendered.flatMap((deployment) => {
    const step = stepOf(deployment.name);
    if (step === undefined) return [];
    const named = memo.once('named ids', [deployment], () => idsNamedBy(deployment));
    const needs = named.flatMap((id) => {
      const maker = madeBy.get(id);
      const other = maker === undefined || maker === deployment.name ? undefined : stepOf(maker);
      return other === undefined ? [] : [other];
    });
    return [{ name: step, needs: [...new Set(needs)] }];
  });
}

function idsNamedBy({ resources }: RenderedDeployment): string[] {
  const ids = new Set<string>();
  visitTexts(
    resources.filter(({ isDeployed }) => isDeployed).map(({ body }) => body),
    (text) => {
      for (const [id] of text.matchAll(/\/subscriptions\/[^'",)\s]+/g)) ids.add(id.toLowerCase());
    },
  );
  return [...ids];
}
