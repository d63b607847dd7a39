/** All texts of the pages. Numbers and times are written in their language too, so that no sentence has two. */
import { sourceName, stateNames, statePhrases } from '../api/names.ts';
import type { DeploymentState } from '../api/states.ts';

/**
 * The language in which to write times: the user's own English (such as en-GB), or American English.
 *
 * @param locale the user's language (BCP 47); undefined takes that of the browser
 */
export function languageOfTimes(locale: string = navigator.language): string {
  return /^en(-|$)/i.test(locale) ? locale : 'en-US';
}

/** The plurals of what deployments are made of. */
const entityNames = new Map(
  Object.entries({
    region: 'regions',
    cluster: 'clusters',
    node: 'nodes',
    job: 'jobs',
    stage: 'stages',
    environment: 'environments',
    subscription: 'subscriptions',
  }),
);
const entities = (type: string | undefined) => entityNames.get(type ?? '') ?? 'parts';

const number = (amount: number) => amount.toLocaleString('en');
const count = (amount: number, one: string, many: string) => `${number(amount)} ${amount === 1 ? one : many}`;

export const strings = {
  stateName: (state: DeploymentState) => stateNames[state],
  /** The name of the state. For an unknown state, the orchestrator's own word. */
  stateWord: (state: DeploymentState, changeState: string) =>
    (state === 'unknown' && changeState) || stateNames[state],
  /** Counts of the parts of a deployment: regions, clusters, stages. */
  progress: {
    /** For example "12 of 18 regions, 1 failed", or "12 of 18 so far" without a type, while more may be reported. */
    text: (succeeded: number, total: number, isTold: boolean, type: string | undefined, failed: number) =>
      `${number(succeeded)} of ${number(total)} ${isTold ? entities(type) : 'so far'}${failed > 0 ? `, ${number(failed)} failed` : ''}`,
    /** `states` has the other states that occur, such as "1 failed". */
    sentence: (
      succeeded: number,
      total: number,
      type: string | undefined,
      isTold: boolean,
      states: readonly string[],
    ) =>
      `${[`${number(succeeded)} of ${number(total)} ${entities(type)}${isTold ? '' : ' seen so far'} succeeded`, ...states].join(', ')}.`,
    part: (amount: number, state: DeploymentState) => `${number(amount)} ${statePhrases[state]}`,
  },
  /** The usual name of the orchestrator. An unknown source keeps its own name. */
  sourceName: (source: string) => sourceName(source) || 'Unknown source',

  none: '–',
  number,
  units: {
    days: (amount: number) => `${amount}d`,
    hours: (amount: number) => `${amount}h`,
    minutes: (amount: number) => `${amount}m`,
    seconds: (amount: number) => `${amount}s`,
  },

  times: {
    /** A moment of today or yesterday, as Azure DevOps writes it. */
    today: (time: string) => `Today at ${time}`,
    yesterday: (time: string) => `Yesterday at ${time}`,
  },

  summary: {
    lead(amount: number, all: number, state: DeploymentState): string {
      const word = statePhrases[state];
      if (all === 1) return `1 deployment ${word}`;
      if (amount === all) return `All ${number(all)} deployments ${word}`;
      return `${number(amount)} of ${number(all)} deployments ${word}`;
    },
    /** Running deployments in which something failed already. */
    failing(amount: number, all: number, type: string | undefined): string {
      const failed = `failed ${entities(type)}`;
      if (all === 1) return `1 deployment has ${failed}`;
      if (amount === all) return `All ${number(all)} deployments have ${failed}`;
      return `${number(amount)} of ${number(all)} deployments ${amount === 1 ? 'has' : 'have'} ${failed}`;
    },
    failingPart: (amount: number, type: string | undefined) =>
      `${number(amount)} ${amount === 1 ? 'has' : 'have'} failed ${entities(type)}`,
    part: (amount: number, state: DeploymentState) => `${number(amount)} ${statePhrases[state]}`,
    /** The end of the headline, before an age such as "12 min ago". */
    lastChange: ', last change ',
    asOf: (time: string) => `As of ${time}`,
    /** After the time of the page, once all deployments have ended. */
    settled: '. All deployments have ended. This page still looks for new ones, but less and less often.',
  },

  refresh: 'Refresh',
  refreshing: 'Refreshing',
  /** Beside the time of the page, while a refresh is in progress. */
  refreshInProgress: ' Refreshing…',
  table: {
    label: 'Deployments of this build',
    columns: {
      state: 'State',
      source: 'Source',
      deployment: 'Deployment',
      payloads: 'Payloads',
      owner: 'Owner',
      start: 'Started',
      duration: 'Duration',
      lastUpdate: 'Updated',
    },
    details: 'Details',
    expand: (id: string) => `Details of ${id}`,
    more: (amount: number) => `+${amount}`,
    morePayloads: (amount: number) => `${count(amount, 'more payload', 'more payloads')}, show details`,
    groupCount: (amount: number) => count(amount, 'deployment', 'deployments'),
    opensNewTab: 'opens in a new tab',
    owner: (type: string, owner: string) => [type, owner].filter(Boolean).join(': '),
    sorted: (descending: boolean) => (descending ? ', sorted descending' : ', sorted ascending'),
  },

  filter: {
    text: 'Filter by deployment, payload or owner',
    state: 'State',
    source: 'Source',
    /** For example "State: Blocked (+1)". */
    chosen: (label: string, first: string, more: number) =>
      `${label}: ${first}${more > 0 ? ` (+${more})` : ''}`,
    /** After the name of a choice, for example "(3): Paused, On hold". */
    amount: (amount: number, words: readonly string[]) =>
      `(${number(amount)})${words.length > 0 ? `: ${words.join(', ')}` : ''}`,
    clear: 'Clear filters',
    group: 'Group by source',
    label: 'Filter deployments',
    shown: (shown: number, all: number) =>
      `${number(shown)} of ${count(all, 'deployment', 'deployments')} shown`,
    nothingTitle: 'No deployment matches the filters',
    nothingText: 'Change or clear the filters to see the deployments of this build.',
  },

  details: {
    payloads: 'Payloads',
    times: 'Times',
    started: 'Started',
    ended: 'Ended',
    notEnded: 'Not yet',
    updated: 'Updated',
    state: 'State in the orchestrator',
    owner: 'Owner',
    id: 'Deployment id',
    noLink: 'The orchestrator provides no link.',
    metadata: 'Metadata',
    copyId: 'Copy id',
    copyLink: 'Copy link',
    copied: 'Copied',
    otherBuilds: 'Other builds in this deployment',
    loadingBuilds: 'Loading other builds…',
    noOtherBuilds: 'Only this build is part of this deployment.',
    buildsFailed: 'Could not load the other builds.',
    retry: 'Try again',
    build: (id: string) => `Build ${id}`,
  },

  entities: {
    /** The heading of the list, for example "Regions (60)". */
    title: (type: string | undefined, total: number) =>
      `${entities(type).replace(/^./, (first) => first.toUpperCase())} (${number(total)})`,
    label: (type: string | undefined, id: string) => `${entities(type)} of ${id}`,
    loading: 'Loading…',
    failed: 'Could not load them.',
    stale: 'Could not refresh this list. It is refreshed again with the deployment.',
    more: (shown: number, total: number) => `The first ${number(shown)} of ${number(total)} are listed.`,
    filter: 'Filter by name',
    state: 'State',
    anyState: 'All states',
    choice: (state: DeploymentState, amount: number) => `${stateNames[state]} (${number(amount)})`,
    shown: (shown: number, all: number) => `${number(shown)} of ${number(all)} shown`,
    nothing: 'Nothing matches the filter.',
    columns: {
      state: 'State',
      name: 'Name',
      started: 'Started',
      duration: 'Duration',
      updated: 'Updated',
      progress: 'Link',
    },
    progress: 'Progress',
    progressOf: (payload: string) => `Progress of ${payload}`,
    impact: (interruption: string, duration: string) => [interruption, duration].filter(Boolean).join(', '),
  },

  announce: {
    loaded: (summary: string) => `Deployments loaded. ${summary}`,
    changed: (id: string, state: string) => `${id}: ${state}.`,
    failing: (id: string, failed: number, type: string | undefined) =>
      `${id}: ${number(failed)} failed ${failed === 1 ? (type ?? 'part') : entities(type)}.`,
    noneFailing: (id: string, type: string | undefined) => `${id}: no failed ${entities(type)} any more.`,
    added: (amount: number) => count(amount, 'new deployment.', 'new deployments.'),
    stale: 'Refreshing failed. The deployments shown may be out of date.',
    recovered: 'Refreshing works again.',
    unchanged: 'Nothing has changed.',
  },

  notices: {
    stale: (time: string) => `Could not refresh. These deployments are from ${time}. Trying again.`,
    served: 'The service cannot reach its data, so this is an older answer.',
    unreadable: (amount: number) =>
      `${count(amount, 'deployment', 'deployments')} of this build could not be read and ${amount === 1 ? 'is' : 'are'} not shown.`,
  },

  pages: {
    loading: 'Loading deployments',
    noDeployments: {
      title: 'No deployments yet',
      text: 'No rollout has picked up this build so far. A deployment appears here a few minutes after its orchestrator starts it. This page keeps refreshing.',
    },
    unknownBuild: {
      title: 'This build is not known yet',
      text: 'A build appears here once its artifacts have been published to the deployment orchestrators, usually within an hour. Builds that publish nothing to deploy never appear.',
    },
    noAccess: {
      title: 'You do not have access to these deployments',
      text: 'You need permission to view this build in its project, and this organization must be enabled for the Deployments service. Ask a project administrator.',
    },
    signedOut: {
      title: 'Your session has ended',
      text: 'Sign in to Azure DevOps again, then try again here.',
    },
    unavailable: {
      title: 'Could not load the deployments',
      text: 'The Deployments service is not responding. This page will try again.',
    },
    unreadable: {
      title: 'Could not read the deployments of this build',
      text: 'The service returned data that this version of the page does not understand.',
    },
    invalid: {
      title: 'The service rejected the request',
      text: 'Please report this with the trace id below.',
    },
    notConfigured: {
      title: 'Deployments is not set up for this organization',
      text: 'An administrator has to enter the URL of the Deployments service in the organization settings, under Deployments.',
    },
    noBuild: {
      title: 'No build is open',
      text: 'Open a build to see where it is deployed.',
    },
    tokenRequired: {
      title: 'This service requires a token',
      text: 'The extension was not packed with a way to sign in to this service, so it sends no token. Ask an administrator to install an extension that was packed for this service.',
    },
    /** Pages for problems of the host, by their kind. */
    host: {
      noAnswer: {
        title: 'Azure DevOps is not responding',
        text: 'The page around this tab did not respond in time. Reloading usually helps.',
      },
      failed: {
        title: 'Azure DevOps returned an error',
        text: 'The page around this tab could not provide what this tab needs. Reloading usually helps.',
      },
      refused: {
        title: 'Azure DevOps did not load this page',
        text: 'Reloading may help. If it does not, ask an administrator about the Deployments extension.',
      },
    },
    reload: 'Reload',
    crashed: {
      title: 'Something went wrong on this page',
      text: 'The page could not be displayed. Reloading usually helps. If it does not, please report the message below.',
    },
    retry: 'Try again',
    retrying: 'Trying again…',
    traceId: 'Trace id',
    copyTraceId: 'Copy trace id',
  },

  /** Failures of the host. */
  host: {
    noAnswer: (call: string, seconds: number) => `${call}: no response within ${seconds} s`,
    failed: (call: string, reason: string) => `${call}: ${reason}`,
    refused: (reason: string) => `The reason that it gave: ${reason}`,
    noReason: 'no reason given',
    handshake: 'Handshake',
    address: 'Address of the page',
    build: 'Build of the page',
    workItem: 'Work item of the page',
    settings: 'Settings',
    appToken: 'App token',
    accessToken: 'Access token',
  },
};
