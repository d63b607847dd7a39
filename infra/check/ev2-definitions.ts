/** What checks of Ev2's packages share: a package of each environment, and the resources of its service model. */
import { type Ev2Package, objectsIn, packageOf } from '../ev2/package.ts';
import { isObject } from '../json.ts';
import type { Memo } from '../memo.ts';
import type { Environment, Sources } from '../sources.ts';
import type { Problem } from './problem.ts';

/** A package does not depend on the resources of templates, so it is made once for all changes of them. */
export function packageIn(sources: Sources, environment: string, memo: Memo): Ev2Package {
  const { ev2, naming, roles, apps, databases, alerts, workbooks, templates, environments } = sources;
  const parameters = [...templates.values()].map((template) => template.parameters);
  const own = environments.get(environment);
  const parts = [ev2, naming, roles, apps, databases, alerts, workbooks, ...parameters, ...filesOf(own)];
  return memo.once(`package ${environment} ${[...templates.keys()].join()}`, parts.filter(isPart), () =>
    packageOf(sources, environment),
  );
}

/** What a look at a package finds. */
export function problemsOf(environment: string, look: (report: Report) => void): Problem[] {
  const problems: Problem[] = [];
  look((file, message) => {
    problems.push({ place: `ev2 (${environment}): ${file}`, message });
  });
  return problems;
}

function filesOf(environment: Environment | undefined): object[] {
  if (!environment) return [];
  const { settings, regions } = environment;
  return [settings, ...[...regions.values()].map((region) => region.settings)];
}

function isPart(part: unknown): part is object {
  return typeof part === 'object' && part !== null;
}

export type Report = (file: string, message: string) => void;

/** A resource of the service model. */
export interface Definition {
  readonly name: string;
  readonly group: string;
  readonly level: string;
  readonly templatePath: string | undefined;
  readonly path: string;
}

/** The resources of the service model. */
export function definitionsIn(files: Ev2Package): Definition[] {
  return objectsIn(files.get('ServiceModel.json')?.serviceResourceGroupDefinitions).flatMap((group) =>
    objectsIn(group.serviceResourceDefinitions).map(({ name, composedOf }) => {
      const { arm, extension } = isObject(composedOf) ? composedOf : {};
      const armPart = isObject(arm) ? arm : {};
      const extensionPart = isObject(extension) ? extension : {};
      return {
        name: `${name}`,
        group: `${group.azureResourceGroupName}`,
        level: isObject(group.executionConstraint) ? `${group.executionConstraint.level}` : '',
        templatePath: typeof armPart.templatePath === 'string' ? armPart.templatePath : undefined,
        path: `${armPart.parametersPath ?? extensionPart.rolloutParametersPath}`,
      };
    }),
  );
}
