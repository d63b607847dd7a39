/**
 * Names what has failed inside deployments, for logs and summaries. It only adds names to numbers that are known
 * already, so a list that cannot be read is left out, and asked for again at the next poll.
 */
import type { Deployment, DeploymentEntities, Entity } from '../api/contract.ts';
import type { EntitiesQuery } from '../api/keys.ts';
import { deploymentKey, failedEntityCount } from './judged-deployment.ts';
import type { FailedEntities } from './verdict.ts';

/** Gets one page of entities; undefined if it cannot be read now. Rejects only when the signal is aborted. */
export type ReadEntities = (
  query: EntitiesQuery,
  signal?: AbortSignal,
) => Promise<DeploymentEntities | undefined>;

/** A build can have thousands of deployments, and each poll should end soon. */
const mostDeployments = 20;
const mostPages = 20;
const pageSize = 5_000;

/** What one deployment's failed entities were, and at which state of it. */
interface Known {
  readonly at: string;
  readonly entities: readonly Entity[];
}

/** Remembers what it read while a deployment does not change. */
export class FailedEntitiesReader {
  readonly #readEntities: ReadEntities;
  readonly #concerns: (deployment: Deployment) => boolean;
  #known: ReadonlyMap<string, Known> = new Map();

  /** @param concerns whether a deployment is looked at; all are unless told */
  constructor(readEntities: ReadEntities, concerns: (deployment: Deployment) => boolean = () => true) {
    this.#readEntities = readEntities;
    this.#concerns = concerns;
  }

  /** The failed entities of the first deployments that have some. Asks only for those that have changed. */
  async read(deployments: readonly Deployment[], signal?: AbortSignal): Promise<FailedEntities> {
    const known = new Map<string, Known>();
    const concerned = deployments.filter(
      (deployment) => failedEntityCount(deployment) > 0 && this.#concerns(deployment),
    );
    for (const deployment of concerned.slice(0, mostDeployments)) {
      const key = deploymentKey(deployment);
      const at = `${failedEntityCount(deployment)} ${deployment.LastUpdateTime}`;
      const before = this.#known.get(key);
      const entities = before?.at === at ? before.entities : await this.#failedOf(deployment, signal);
      if (entities) known.set(key, { at, entities });
    }
    this.#known = known;
    return new Map([...known].map(([key, { entities }]) => [key, entities]));
  }

  async #failedOf({ Source, Id }: Deployment, signal?: AbortSignal): Promise<readonly Entity[] | undefined> {
    const entities: Entity[] = [];
    let continuationToken: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const answer = await this.#readEntities(
        {
          source: Source,
          id: Id,
          states: ['failed'],
          top: pageSize,
          ...(continuationToken !== undefined && { continuationToken }),
        },
        signal,
      );
      if (!answer) return undefined;
      entities.push(...answer.Entities);
      continuationToken = answer.ContinuationToken;
      if (continuationToken === undefined) break;
    }
    return entities;
  }
}
