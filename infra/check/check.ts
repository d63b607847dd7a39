/** Everything that must hold of infra/, found without an Azure. */
import {
  allTargets,
  type Deployment,
  deployments,
  filesOf,
  groupOf,
  parametersOf,
  type Target,
} from '../deployments.ts';
import { isObject } from '../json.ts';
import { Memo } from '../memo.ts';
import { checkPipelines } from '../pipelines/check.ts';
import { RenderError, type RenderedDeployment, renderDeployment } from '../render.ts';
import type { Sources } from '../sources.ts';
import { checkAlertResources, checkAlerts } from './alerts.ts';
import { checkAppSettings } from './app-settings.ts';
import { checkPackages } from './ev2.ts';
import { checkRollouts } from './ev2-rollouts.ts';
import { checkInventory } from './inventory.ts';
import { checkLiterals } from './literals.ts';
import type { Problem } from './problem.ts';
import { checkResources } from './resources.ts';
import { checkSettings } from './settings.ts';
import { checkShapes } from './shapes.ts';
import { checkTemplate } from './templates.ts';

/** Checks everything. @returns what is wrong; nothing if all is well */
export function check(sources: Sources, memo = new Memo()): Problem[] {
  return unique([...problemsIn(sources, memo)]);
}

/**
 * What is wrong, one after the other, some of it repeatedly. What costs least comes first, and nothing is rendered before
 * it is asked for: whoever takes one problem only waits for that one.
 */
export function* problemsIn(sources: Sources, memo: Memo): Generator<Problem> {
  const { naming, apiVersions, guides, apps, alerts, databases } = sources;
  for (const [name, template] of sources.templates)
    yield* memo.once(`template ${name}`, [template, naming, apiVersions], () => [
      ...checkTemplate(name, template),
      ...checkLiterals(name, template, sources),
      ...checkShapes(name, template),
    ]);
  yield* deploymentProblems(sources);
  yield* checkSettings(sources);
  yield* checkAlerts(sources);
  const regions = [...sources.environments].map(([name, own]) => [name, own.regions.size]);
  yield* memo.once(`pipelines ${regions.join()}`, [sources.pipelines, sources.ev2, naming], () =>
    checkPipelines(sources),
  );
  yield* checkPackages(sources, memo);
  const ofEnvironments = new Map<string, RenderedDeployment[]>();
  for (const target of allTargets(sources)) {
    const rendered: RenderedDeployment[] = [];
    for (const deployment of deployments) {
      try {
        rendered.push(render(sources, deployment, target, memo));
      } catch (error) {
        if (!(error instanceof RenderError)) throw error;
        yield { place: `arm/${error.place}`, message: error.message };
      }
    }
    ofEnvironments.set(target.environment, [...(ofEnvironments.get(target.environment) ?? []), ...rendered]);
    if (rendered.length < deployments.length) continue;
    const slots = rendered.filter(({ name }) => name === 'apps' || name === 'slots');
    yield* checkResources(rendered, naming, memo);
    yield* memo.once('settings', slots, () => checkAppSettings(slots));
    for (const one of rendered) {
      yield* memo.once('inventory', [one, apps, alerts, databases], () => checkInventory(one, sources));
      yield* memo.once('alerts', [one, guides], () => checkAlertResources([one], sources));
    }
  }
  yield* checkRollouts(sources, ofEnvironments, memo);
}

/** Regions for which a template's parameters have the same values share what is made of it. */
function render(sources: Sources, deployment: Deployment, target: Target, memo: Memo): RenderedDeployment {
  const { environment, region } = filesOf(sources, target);
  const { naming, roles, apps, databases, alerts, workbooks, templates, version } = sources;
  const parts = [environment.settings, region.settings, naming, roles, apps, databases, alerts, workbooks];
  const given = memo.once(`parameters ${deployment.each} ${version}`, parts, () =>
    parametersOf(sources, target, deployment.each),
  );
  const template = templates.get(deployment.name);
  const declared = isObject(template?.parameters) ? template.parameters : {};
  const values = memo.once(`values ${deployment.group}`, [declared, given], () =>
    JSON.stringify([
      ...['subscriptionId', 'tenantId', ...Object.keys(declared)].map((name) => given.get(name)),
      groupOf(deployment, given),
    ]),
  );
  return memo.once(`render ${deployment.name} ${values}`, template ? [template] : [], () =>
    renderDeployment(sources, deployment, target, given),
  );
}

function deploymentProblems({ templates }: Sources): Problem[] {
  return [...templates.keys()]
    .filter((name) => !deployments.some((deployment) => deployment.name === name))
    .map((name) => ({ place: `arm/${name}.json`, message: 'it is in no deployment' }));
}

/** What is wrong in a template is wrong in every region. */
function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.place} ${problem.message}`, problem])).values()];
}
