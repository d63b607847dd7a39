/** What is said of a deployment that is not known, or that the caller may not know of. */
import { deploymentIdForms } from '../../api/identifier-forms.ts';
import type { DeploymentKey } from '../../api/keys.ts';
import type { KnownSource } from '../../api/parameters.ts';
import type { LookupResult } from './lookup.ts';

export function unknownDeployment({ source, id }: KnownSource<DeploymentKey>): LookupResult<never> {
  return {
    kind: 'unknown',
    message: `DeploymentId ${id} from DeploymentSource ${source} is not found`,
    details: [
      {
        target: 'deploymentId',
        message: `There is no record of deployment ${id} of ${source}. Its id usually is ${deploymentIdForms[source]}.`,
      },
    ],
  };
}
