/** Chooses how the user proves who they are: with Entra ID if the host can, else with the extension's own tokens. */
import type { Service } from '../host/service.ts';
import type { SignIn } from '../host/sign-in.ts';
import { EntraSignIn } from './entra-sign-in.ts';
import { extensionSignIn } from './extension-sign-in.ts';
import { SignInError } from './sign-in-error.ts';

/** The sign-in for a service. Tokens of Azure DevOps are for packed services that may get them. */
export function openSignIn({ entra, extensionTokens, trust }: Service): SignIn {
  const ofExtension = extensionTokens && trust === 'packed' ? extensionSignIn() : undefined;
  if (!entra) return ofExtension ?? noSignIn;
  return ofExtension ? withFallback(new EntraSignIn(entra), ofExtension) : new EntraSignIn(entra);
}

/** Keeps to the second once the first turns out not to be supported. */
function withFallback(first: SignIn, second: SignIn): SignIn {
  let chosen = first;
  return {
    async token() {
      try {
        return await chosen.token();
      } catch (error) {
        if (!(error instanceof SignInError) || error.kind !== 'unsupported') throw error;
        chosen = second;
        return chosen.token();
      }
    },
    azureDevOpsToken: () => chosen.azureDevOpsToken(),
    renew: (refused, claims) => chosen.renew(refused, claims),
    interact: (request) => chosen.interact(request),
  };
}

const noSignIn: SignIn = {
  token: async () => {
    throw new SignInError('unsupported');
  },
  azureDevOpsToken: async () => undefined,
  renew: async () => undefined,
  interact: async () => undefined,
};
