/** What each pipeline is for: the commands that it must run, and the rollouts that it must bring to every environment. */
import type { Rollout } from '../ev2/package.ts';
import { isObject, type JsonObject, mappingsIn, textsIn } from '../json.ts';
import type { Sources } from '../sources.ts';

/** Parts of the texts of its steps. */
const mustRun: Readonly<Record<string, readonly string[]>> = {
  'pull-request.yml': [
    'npm test',
    'coverage/cobertura-coverage.xml',
    'npm run infra -- check',
    'npm run load',
  ],
  'build.yml': ['npm test', 'npm run package -- functions', 'packages'],
  'extension.yml': ['npm test', 'npm run package -- --service', 'infra/pipelines/publish-extension.sh'],
  'api-scan.yml': ['infra/api-scan/scan.sh'],
  'release.yml': ['infra/pipelines/plan-kusto.sh', 'infra/pipelines/apply-kusto.sh'],
  'rollback.yml': [],
};
const mustRollOut: Readonly<Record<string, readonly Rollout[]>> = {
  'release.yml': ['Infrastructure', 'Code'],
  'rollback.yml': ['Rollback'],
};
/** Nobody loads it on purpose. */
const production = 'prod';

/** @param wholes the pipeline without templates, for each choice of its parameters */
export function purposeProblems(
  file: string,
  wholes: readonly JsonObject[],
  { environments }: Pick<Sources, 'environments'>,
): string[] {
  const problems: string[] = [];
  const needed = mustRun[file];
  if (!needed) return ['infra/pipelines/purposes.ts does not say what it is for'];
  for (const whole of wholes) {
    if (stagesOf(whole).length === 0) problems.push('there are no stages');
    const texts = textsIn(whole);
    for (const part of needed)
      if (!texts.some((text) => text.includes(part))) problems.push(`it does not run ${part}`);
  }
  const stages = wholes.flatMap(stagesOf);
  for (const rollout of mustRollOut[file] ?? [])
    for (const environment of environments.keys()) {
      if (!stages.some(({ stage }) => stage === `${rollout}_${environment}`))
        problems.push(`it does not roll out ${rollout} to ${environment}`);
      const verified = stages.filter(({ stage }) => stage === `Verify_${environment}`);
      if (!verified.some((stage) => textsIn(stage).includes(`npm run integration -- --env ${environment}`)))
        problems.push(`it does not ask ${environment} for the integration cases`);
      const isLoaded = verified.some((stage) =>
        mappingsIn(stage).some(({ task }) => task === 'AzureLoadTest@1'),
      );
      if (rollout !== 'Rollback' && isLoaded === (environment === production))
        problems.push(`it must load every environment but ${production}, and ${environment} is wrong`);
    }
  return problems;
}

/** The stages of a pipeline without templates. */
export function stagesOf({ stages }: JsonObject): readonly JsonObject[] {
  return Array.isArray(stages) ? stages.filter(isObject) : [];
}

/** The jobs of a stage. */
export function jobsOf({ jobs }: JsonObject): readonly JsonObject[] {
  return Array.isArray(jobs) ? jobs.filter(isObject) : [];
}
