/**
 * Asks the service what any caller asks, from a known build to its deployment and back: probes say that it answers, this
 * says that its answers are right.
 */
import type { DeploymentsClient, LookupAnswer } from '../../api/client.ts';
import type { Build2Deployment } from '../../api/contract.ts';
import type { BuildKey } from '../../api/keys.ts';

export type CanaryCheck = 'b2d' | 'entities' | 'd2b' | 'p2b';

/** How one check went. */
export interface CanaryResult {
  readonly check: CanaryCheck;
  /** What is wrong; undefined where the answer is right. */
  readonly problem: string | undefined;
  readonly seconds: number;
}

type Deployment = Build2Deployment['Deployments'][number];

/**
 * Runs the checks one after another. Where the first finds no deployment, the others have nothing to ask about, and are
 * left out.
 *
 * @param report called after each check
 */
export async function runCanary(
  client: DeploymentsClient,
  build: BuildKey,
  report: (result: CanaryResult) => void,
  signal: AbortSignal,
): Promise<void> {
  /** The value of a check, or undefined where it failed. */
  const check = async <T>(name: CanaryCheck, ask: () => Promise<T>): Promise<T | undefined> => {
    const started = performance.now();
    const result = (problem?: string): CanaryResult => ({
      check: name,
      problem,
      seconds: (performance.now() - started) / 1_000,
    });
    try {
      const value = await ask();
      report(result());
      return value;
    } catch (error) {
      if (!signal.aborted) report(result(error instanceof Error ? error.message : String(error)));
      return undefined;
    }
  };
  const deployments = await check('b2d', async () =>
    deploymentsIn(await client.getDeployments(build, { signal })),
  );
  const deployment = deployments?.find(({ Payloads }) => Payloads.length > 0) ?? deployments?.[0];
  if (!deployment) return;
  const key = { source: deployment.Source, id: deployment.Id };
  await check('entities', async () => {
    const { Entities } = bodyOf(await client.getEntities({ ...key, top: 1 }, { signal }));
    if (Entities.length === 0) throw new Error(`no entity of ${nameOf(deployment)} is known`);
  });
  await check('d2b', async () => {
    const { Builds } = bodyOf(await client.getBuilds(key, { signal }));
    refuseWithout(Builds, build, `the builds of ${nameOf(deployment)}`);
  });
  const [payload] = deployment.Payloads;
  if (!payload) return;
  await check('p2b', async () => {
    const { Builds } = bodyOf(
      await client.getBuildsOfPayload({ source: key.source, payload: payload.Id }, { signal }),
    );
    refuseWithout(Builds, build, `the builds of the payload ${payload.Id}`);
  });
}

function deploymentsIn(answer: LookupAnswer<Build2Deployment>): readonly Deployment[] {
  const { Deployments } = bodyOf(answer);
  if (Deployments.length === 0) throw new Error('no deployment of the build is known');
  return Deployments;
}

/** The body of an answer that has one and was read whole. */
function bodyOf<T>(answer: LookupAnswer<T>): T {
  if (answer.kind === 'unknown') throw new Error(answer.message);
  if (answer.kind === 'none') throw new Error('there is nothing to answer (204)');
  const [skipped] = answer.skipped;
  if (skipped) throw new Error(`a part of the answer could not be read: ${skipped.problem}`);
  return answer.body;
}

function refuseWithout(
  builds: readonly { readonly ProjectId: string; readonly Id: string | number }[],
  { project, buildId }: BuildKey,
  among: string,
): void {
  const isAsked = builds.some(
    ({ ProjectId, Id }) =>
      ProjectId.toLowerCase() === project.toLowerCase() && String(Id) === String(buildId),
  );
  if (!isAsked) throw new Error(`build ${buildId} is not among ${among}`);
}

const nameOf = ({ Source, Id }: Deployment): string => `${Source} ${Id}`;
