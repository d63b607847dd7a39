/** Everything that must hold of infra/, found without an Azure. */
import { allTargets, deployments } from '../deployments.ts';
import { RenderError, type RenderedDeployment } from '../render.ts';
import { Renderer } from '../renderer.ts';
import type { Sources } from '../sources.ts';
import { checkAlertResources, checkAlerts } from './alerts.ts';
import { checkAppSettings } from './app-settings.ts';
import { checkLiterals } from './literals.ts';
import type { Problem } from './problem.ts';
import { checkResources } from './resources.ts';
import { checkSettings } from './settings.ts';
import { checkTemplate } from './templates.ts';

/** Checks everything. @returns what is wrong; nothing if all is well */
export function check(sources: Sources, renderer = new Renderer()): Problem[] {
  const problems = [
    ...[...sources.templates].flatMap(([name, template]) => [
      ...checkTemplate(name, template),
      ...checkLiterals(name, template, sources),
    ]),
    ...deploymentProblems(sources),
    ...checkSettings(sources),
    ...checkAlerts(sources),
  ];
  for (const target of allTargets(sources)) {
    const rendered: RenderedDeployment[] = [];
    for (const deployment of deployments) {
      try {
        rendered.push(renderer.render(sources, deployment, target));
      } catch (error) {
        if (!(error instanceof RenderError)) throw error;
        problems.push({ place: `arm/${error.place}`, message: error.message });
      }
    }
    if (rendered.length === deployments.length)
      problems.push(
        ...checkResources(rendered, sources.naming),
        ...checkAppSettings(rendered),
        ...checkAlertResources(rendered, sources),
      );
  }
  return unique(problems);
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
