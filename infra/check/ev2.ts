/**
 * The packages of Ev2: every placeholder is bound, every path is there, stages cover an environment, and what Ev2 puts
 * together is what `render` shows. ev2-rollouts.ts has their steps.
 */
import { type Deployment, deployments, groupOf, parametersOf, type Target } from '../deployments.ts';
import {
  bindingsIn,
  bound,
  type Ev2Package,
  expectedParameters,
  objectsIn,
  settingsIn,
} from '../ev2/package.ts';
import { isObject, type Json, type JsonObject, visitTexts } from '../json.ts';
import type { Memo } from '../memo.ts';
import type { Sources } from '../sources.ts';
import { definitionsIn, packageIn, problemsOf, type Report } from './ev2-definitions.ts';
import type { Problem } from './problem.ts';

const duration = /^P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?)?$/;

/** Checks the packages of all environments, apart from the order of their steps. */
export function* checkPackages(sources: Sources, memo: Memo): Generator<Problem> {
  for (const [environment, own] of sources.environments) {
    const files = packageIn(sources, environment, memo);
    const regions = [...own.regions.keys()];
    const [region = ''] = regions;
    const once = (what: string, parts: readonly object[], look: (report: Report) => void) =>
      memo.once(`${what} ${environment}`, [files, ...parts], () => problemsOf(environment, look));
    yield* once(`model ${[...sources.templates.keys()].join()}`, [], (report) => {
      checkModel(files, sources, { environment, region }, report);
    });
    yield* once('stages', [], (report) => {
      checkStages(files, regions, environment, report);
    });
    yield* once('scripts', [sources.ev2Scripts], (report) => {
      checkScripts(files, sources, report);
    });
    yield* once('bindings', [], (report) => {
      checkBindings(files, regions, report);
    });
    yield* once('parameters', [], (report) => {
      for (const one of regions) checkParameters(files, sources, { environment, region: one }, report);
    });
  }
}

function checkModel(files: Ev2Package, sources: Sources, target: Target, report: Report): void {
  const file = 'ServiceModel.json';
  const definitions = definitionsIn(files);
  const metadata = files.get(file)?.serviceMetadata;
  for (const key of ['serviceIdentifier', 'serviceGroup', 'displayName', 'tenantId', 'environment'])
    if (!isObject(metadata) || typeof metadata[key] !== 'string' || metadata[key] === '')
      report(file, `serviceMetadata.${key} is missing`);
  const names = definitions.map(({ name }) => name);
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
    report(file, `two definitions are named ${name}`);
  for (const { name, templatePath, path, level, group } of definitions) {
    for (const needed of [path, ...(templatePath === undefined ? [] : [templatePath])])
      if (!files.has(needed)) report(file, `${name} needs ${needed}, which is not there`);
    if (templatePath === undefined) continue;
    const deployment = deployments.find((one) => `Templates/${one.name}.json` === templatePath);
    if (!deployment) continue;
    if (path !== `Parameters/${deployment.name}.json`)
      report(file, `${name} must have the parameters of its template`);
    if (level !== (deployment.each === 'region' ? 'Region' : 'Cloud'))
      report(file, `${name} must be deployed once for each ${deployment.each}`);
    if (group !== groupIn(sources, deployment, target))
      report(file, `${name} goes to the wrong resource group`);
  }
  for (const template of sources.templates.keys())
    if (definitions.filter(({ templatePath }) => templatePath === `Templates/${template}.json`).length !== 1)
      report(file, `the template ${template} must be in one definition`);
  for (const path of files.keys())
    if (path.startsWith('RolloutParameters/') && !definitions.some((one) => one.path === path))
      report(file, `no definition has ${path}`);
}

/** How the service model names the group of a deployment. */
function groupIn(sources: Sources, deployment: Deployment, target: Target): string {
  if (deployment.group === 'region') return '$config(regionGroup)';
  return groupOf(deployment, parametersOf(sources, target, deployment.each));
}

function checkStages(
  files: Ev2Package,
  regions: readonly string[],
  environment: string,
  report: Report,
): void {
  const file = 'StageMap.json';
  const map = files.get(file);
  if (!map) {
    report(file, 'there is no stage map');
    return;
  }
  const stages = objectsIn(map.stages);
  stages.forEach(({ sequence, name, regions: own }, index) => {
    if (sequence !== index + 1) report(file, `the sequence of ${name} must be ${index + 1}`);
    if (!Array.isArray(own) || own.length === 0) report(file, `${name} has no regions`);
    if (index === 0 && Array.isArray(own) && own.length > 1)
      report(file, 'the first stage must be one region');
  });
  const staged = stages.flatMap(({ regions: own }) =>
    Array.isArray(own) ? own.map((region: Json) => `${region}`) : [],
  );
  for (const region of regions)
    if (staged.filter((one) => one === region).length !== 1) report(file, `${region} must be in one stage`);
  for (const region of staged)
    if (!regions.includes(region)) report(file, `${environment} has no region ${region}`);
  const names = stages.map(({ name }) => name);
  if (new Set(names).size < names.length) report(file, 'two stages have the same name');
  const { promotion, regionConcurrency } = isObject(map.configuration) ? map.configuration : {};
  const { validation, timeout, manual } = isObject(promotion) ? promotion : {};
  const wait = isObject(validation) ? `${validation.waitDuration}` : '';
  if (!duration.test(wait))
    report(file, 'waitDuration must be a duration of ISO 8601: a stage bakes before the next');
  if (!duration.test(`${timeout}`)) report(file, 'the timeout must be a duration of ISO 8601');
  if (manual !== (environment === 'prod'))
    report(file, 'somebody approves every stage of prod, and of nothing else');
  if (!isObject(regionConcurrency) || regionConcurrency.disablePairedRegions !== false)
    report(file, 'paired regions must not be deployed at the same time');
}

function checkScripts(files: Ev2Package, { ev2Scripts }: Sources, report: Report): void {
  const used = new Set<string>();
  for (const [path, content] of files) {
    if (!path.startsWith('RolloutParameters/')) continue;
    const extensions = objectsIn(content.shellExtensions);
    if (extensions.length !== 1) report(path, 'there must be one shell extension');
    for (const { name, launch, package: packed, properties } of extensions) {
      const { command, environmentVariables } = isObject(launch) ? launch : {};
      const script = Array.isArray(command) ? `${command.at(-1)}` : '';
      used.add(script);
      if (!ev2Scripts.has(script)) report(path, `there is no script ${script} in infra/ev2/shell`);
      if (JSON.stringify(packed) !== '{"reference":{"path":"bin/deploy.tar"}}')
        report(path, `the package of ${name} must be bin/deploy.tar`);
      if (!isObject(properties) || !duration.test(`${properties.maxExecutionTime}`))
        report(path, `maxExecutionTime of ${name} must be a duration of ISO 8601`);
      const given = objectsIn(environmentVariables).map((variable) => `${variable.name}`);
      for (const variable of variablesOf(script))
        if (!given.includes(variable)) report(path, `${script} needs ${variable}`);
      for (const variable of given)
        if (!variablesOf(script).includes(variable)) report(path, `${script} does not read ${variable}`);
    }
  }
  for (const script of ev2Scripts) if (!used.has(script)) report(`shell/${script}`, 'nothing runs it');
}

/** The variables that a script asks for at its start; tests compare them with the scripts. */
export const scriptVariables: Readonly<Record<string, readonly string[]>> = {
  'copy-packages.sh': ['STORAGE_ACCOUNT', 'CONTAINER', 'PACKAGE_VERSION', 'IDENTITY'],
  'swap-slots.sh': ['RESOURCE_GROUP', 'APPS', 'SLOT', 'IDENTITY'],
};

function variablesOf(script: string): readonly string[] {
  return scriptVariables[script] ?? [];
}

function checkBindings(files: Ev2Package, regions: readonly string[], report: Report): void {
  const file = 'ScopeBindings.json';
  const bindings = bindingsIn(files);
  const tags = new Set(
    objectsIn(files.get('ServiceModel.json')?.serviceResourceGroupDefinitions).flatMap(({ scopeTags }) =>
      objectsIn(scopeTags).map(({ name }) => `${name}`),
    ),
  );
  for (const { tag } of bindings) if (!tags.has(tag)) report(file, `no group has the scope tag ${tag}`);
  const finds = bindings.map(({ find }) => find);
  for (const find of new Set(finds.filter((one, index) => finds.indexOf(one) !== index)))
    report(file, `${find} is bound twice`);
  const used = new Set<string>();
  for (const [path, content] of files) {
    if (path.startsWith('Templates/') || path === file) continue;
    const isRegional = isTagged(files, path);
    visitTexts(content, (text) => {
      for (const [placeholder] of text.matchAll(/__[A-Z0-9_]+?__/g)) {
        used.add(placeholder);
        if (!finds.includes(placeholder)) report(path, `${placeholder} is not bound`);
        else if (!isRegional) report(path, `${placeholder} is bound in groups with the tag of a region only`);
      }
      for (const [, word] of text.matchAll(/(?<!\{)\{([a-z]\w*)\}(?!\})/gi))
        if (!path.startsWith('Parameters/')) report(path, `nothing fills {${word}}`);
      for (const [, name, key = ''] of text.matchAll(/\$(\w+)\(([^)]*)\)/g)) checkCall(path, `${name}`, key);
    });
  }
  for (const find of finds) if (!used.has(find)) report(file, `nothing has the placeholder ${find}`);
  for (const { replaceWith } of bindings)
    for (const [, name, key = ''] of replaceWith.matchAll(/\$(\w+)\(([^)]*)\)/g))
      checkCall(file, `${name}`, key);

  function checkCall(path: string, name: string, key: string): void {
    if (name === 'buildVersion' && key === '') return;
    if (name !== 'config') {
      report(path, `Ev2 has no function $${name}(${key})`);
      return;
    }
    for (const region of regions)
      if (settingsIn(files, region)[key] === undefined)
        report(path, `Configuration.json has no ${key} for ${region}`);
  }
}

/** Whether the files of a definition are bound by the tag of a region. */
function isTagged(files: Ev2Package, path: string): boolean {
  const groups = objectsIn(files.get('ServiceModel.json')?.serviceResourceGroupDefinitions);
  const group = groups.find(({ serviceResourceDefinitions }) =>
    JSON.stringify(serviceResourceDefinitions ?? null).includes(`"${path}"`),
  );
  return !group || objectsIn(group.scopeTags).some(({ name }) => name === 'Region');
}

/** What Ev2 puts together for a region is what `render` works with. */
function checkParameters(
  files: Ev2Package,
  sources: Sources,
  target: { readonly environment: string; readonly region: string },
  report: Report,
): void {
  const own = bound(files, target.region, sources.version);
  for (const deployment of deployments) {
    const path = `Parameters/${deployment.name}.json`;
    const given = parametersIn(own.get(path));
    for (const [name, value] of Object.entries(expectedParameters(sources, deployment, target)))
      if (JSON.stringify(given[name] ?? null) !== JSON.stringify(value))
        report(
          path,
          `${name} is not what ${target.region} has: ${JSON.stringify(given[name] ?? null).slice(0, 80)}`,
        );
  }
}

function parametersIn(file: JsonObject | undefined): Readonly<Record<string, Json | undefined>> {
  const parameters = isObject(file?.parameters) ? file.parameters : {};
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, isObject(value) ? value.value : undefined]),
  );
}
