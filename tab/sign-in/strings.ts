/** The texts of the pages about signing in. They are loaded with them, apart from all others. */
import type { SignInProblem } from './sign-in-error.ts';

interface Words {
  readonly title: string;
  readonly text: string;
  readonly action: string;
}

const signIn = 'Sign in';
const retry = 'Try again';

const pages: Readonly<Record<SignInProblem, Words>> = {
  required: {
    title: 'Sign in to see the deployments',
    text: 'The Deployments service needs to know who you are. Signing in opens a window of Microsoft; use the account that you use in Azure DevOps.',
    action: signIn,
  },
  claims: {
    title: 'The service needs more proof that it is you',
    text: 'Your organization protects this information further, for example with a second factor. Signing in again opens a window that asks for it.',
    action: 'Sign in again',
  },
  consent: {
    title: 'The service needs your permission',
    text: 'To show you only what you may see, the Deployments service asks Azure DevOps in your name which builds you can read. A window opens where you can allow that. If it asks for an administrator, your organization leaves that to them.',
    action: 'Review permissions',
  },
  cancelled: {
    title: 'You are not signed in yet',
    text: 'The window was closed before you had signed in. The deployments appear here once you have.',
    action: signIn,
  },
  blocked: {
    title: 'Your browser blocked the window to sign in',
    text: 'Allow pop-up windows for this site in your browser, usually at the end of the address bar, then sign in.',
    action: signIn,
  },
  refused: {
    title: 'You were not let in',
    text: 'Your organization does not let this account use the Deployments service, or an administrator has to approve it first. Show an administrator the code below.',
    action: 'Sign in again',
  },
  wrongTenant: {
    title: 'This account belongs to another organization',
    text: 'The Deployments service answers to accounts of one Microsoft Entra tenant, and this account or this Azure DevOps organization belongs to another. Sign in with an account of that tenant, or ask an administrator which organizations it serves.',
    action: 'Sign in again',
  },
  notEntra: {
    title: 'This organization is not connected to Microsoft Entra ID',
    text: 'The Deployments service cannot tell who its users are, so it shows nothing. An administrator can connect the organization in the organization settings, under Microsoft Entra.',
    action: retry,
  },
  rejected: {
    title: 'The service does not accept your sign-in',
    text: 'You are signed in, but the Deployments service refused the token. Usually the extension was packed for another application or tenant than the service is set up with. Tell an administrator.',
    action: retry,
  },
  unsupported: {
    title: 'You cannot sign in from this page',
    text: 'This Azure DevOps does not offer extensions a way to sign in (Nested App Auth), and the Deployments service requires it. Tell an administrator: an extension can be packed to use its own tokens instead.',
    action: retry,
  },
  offline: {
    title: 'You are offline',
    text: 'Signing in needs a network connection. This page tries again when there is one.',
    action: retry,
  },
  failed: {
    title: 'Could not sign you in',
    text: 'Microsoft Entra ID or the page around this tab did not answer as expected. It may work again in a moment.',
    action: retry,
  },
};

export const signInStrings = {
  pages,
  /** While the window is open. */
  waiting: 'Continue in the window that has opened. If there is none, try again.',
  /** The name of the call to the host, in errors. */
  call: 'Sign-in',
};
