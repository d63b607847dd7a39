/** Everything that must hold of infra/, found without an Azure. */
import { allTargets, type Deployment, deployments, filesOf, type Target } from '../deployments.ts';
import { Memo } from '../memo.ts';
import { RenderError, type RenderedDeployment, renderDeployment } from '../render.ts';
import type { Sources } from '../sources.ts';
import { checkAlertResources, checkAlerts } from './alerts.ts';
import { checkAppSettings } from './app-settings.ts';
import { checkEv2 } from './ev2.ts';
import { checkInventory } from './inventory.ts';
import { checkLiterals } from './literals.ts';
import type { Problem } from './problem.ts';
import { checkResources } from './resources.ts';
import { checkSettings } from './settings.ts';
import { checkTemplate } from './templates.ts';

/** Checks everything. @returns what is wrong; nothing if all is well */
export function check(sources: Sources, memo = new Memo()): Problem[] {
  const { naming, apiVersions, guides } = sources;
  const problems = [
    ...[...sources.templates].flatMap(([name, template]) =>
      memo.once(`template ${name}`, [template, naming, apiVersions], () => [
        ...checkTemplate(name, template),
        ...checkLiterals(name, template, sources),
      ]),
    ),
    ...deploymentProblems(sources),
    ...checkSettings(sources),
    ...checkAlerts(sources),
  ];
  const ofEnvironments = new Map<string, RenderedDeployment[]>();
  for (const target of allTargets(sources)) {
    const rendered: RenderedDeployment[] = [];
    for (const deployment of deployments) {
      try {
        rendered.push(render(sources, deployment, target, memo));
      } catch (error) {
        if (!(error instanceof RenderError)) throw error;
        problems.push({ place: `arm/${error.place}`, message: error.message });
      }
    }
    ofEnvironments.set(target.environment, [...(ofEnvironments.get(target.environment) ?? []), ...rendered]);
    if (rendered.length < deployments.length) continue;
    const slots = rendered.filter(({ name }) => name === 'apps' || name === 'slots');
    problems.push(
      ...checkResources(rendered, naming, memo),
      ...memo.once('settings', slots, () => checkAppSettings(slots)),
      ...rendered.flatMap((one) =>
        memo.once('inventory', [one, sources.apps, sources.alerts, sources.databases], () =>
          checkInventory(one, sources),
        ),
      ),
      ...rendered.flatMap((one) =>
        memo.once('alerts', [one, guides], () => checkAlertResources([one], sources)),
      ),
    );
  }
  problems.push(...checkEv2(sources, ofEnvironments, memo));
  return unique(problems);
}

function render(sources: Sources, deployment: Deployment, target: Target, memo: Memo): RenderedDeployment {
  const { environment, region } = filesOf(sources, target);
  const { naming, roles, apps, databases, alerts, workbooks, templates } = sources;
  const template = templates.get(deployment.name);
  const parts = [environment.settings, region.settings, naming, roles, apps, databases, alerts, workbooks];
  return memo.once(`render ${deployment.name}`, template ? [template, ...parts] : parts, () =>
    renderDeployment(sources, deployment, target),
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
