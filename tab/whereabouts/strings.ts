/** The texts of the pages that say where a pull request or a work item is. */
import type { PresenceWord } from '../../api/introspection/contract.ts';
import { strings } from '../strings.ts';

const count = (amount: number, one: string) => `${strings.number(amount)} ${one}${amount === 1 ? '' : 's'}`;

export const whereStrings = {
  title: 'Where is it',
  asOf: (time: string) => `As of ${time}`,

  summary: {
    lead(here: number, all: number, services: number): string {
      const environments = count(all, 'environment');
      const places = services > 1 ? `${environments} of ${count(services, 'service')}` : environments;
      if (here === all) return all === 1 ? 'In its only environment' : `In all ${places}`;
      return here > 0 ? `In ${strings.number(here)} of ${places}` : `In none of ${places} yet`;
    },
    partly: (amount: number) => `partly in ${strings.number(amount)}`,
    underWay: (amount: number) => `on its way to ${strings.number(amount)}`,
    failed: (amount: number) => count(amount, 'failure'),
  },

  presence: {
    here: 'Here',
    partly: 'Partly here',
    underWay: 'On its way',
    next: 'Next',
    notYet: 'Not yet',
  } satisfies Record<PresenceWord, string>,
  presenceExplained: {
    here: 'This environment holds all of the change.',
    partly: 'This environment holds some of the commits only.',
    underWay: 'A deployment is bringing it.',
    next: 'The first environment that does not hold it yet.',
    notYet: 'This environment comes later.',
  } satisfies Record<PresenceWord, string>,
  without: (missing: readonly string[]) => `without ${missing.join(', ')}`,
  weakest: (name: string, environments: readonly string[]) =>
    `The weakest link is ${name}: it is not yet in ${environments.join(', ')}.`,
  now: (version: string) => `has ${version}`,
  nothingThere: 'nothing is there yet',
  environmentsOf: (service: string) => `Environments of ${service}`,
  environments: 'Environments',
  partlyNotice: {
    pullRequest: 'Some environments hold only some of its commits.',
    workItem:
      'Some environments hold only some of its changes. A work item counts as being where all of its pull requests and commits are.',
  },

  onTheWay: 'On the way',
  failed: 'Did not arrive',
  /** Some titles name the kind, such as "Approval for prod". */
  step: (kind: string, title: string) =>
    title.toLowerCase().startsWith(kind.toLowerCase()) ? title : `${kind} ${title}`,
  andMore: 'There is more that is not listed, because there is too much.',
  about: 'What it consists of',
  way: {
    show: 'Show the whole way',
    hide: 'Hide the whole way',
    loading: 'Loading the whole way…',
    failed: 'The whole way could not be loaded.',
  },

  announce: {
    now: (place: string, presence: string) => `${place}: ${presence}.`,
    many: (amount: number) => `${strings.number(amount)} environments have changed.`,
  },
  place: (service: string, environment: string) => `${service} in ${environment}`,

  pages: {
    notBuilt: {
      title: 'Not built yet',
      text: 'No build that contains it has begun. It appears here with the first one.',
    },
    building: {
      title: 'Not deployed yet',
      text: 'A build that contains it is under way. Environments appear here with the first deployment.',
    },
    notDeployed: {
      title: 'Built, and not deployed yet',
      text: 'Builds contain it, and no deployment of their services is known. Environments appear here with the first deployment.',
    },
    unknownPullRequest: {
      title: 'No build contains this pull request yet',
      text: 'It appears here once it has been merged and a build that contains it has ended. If that was long ago, you may not see it, or the project has no service hooks: ask an administrator.',
    },
    unknownWorkItem: {
      title: 'No build names this work item yet',
      text: 'It appears here once a build has ended whose commits or pull requests link to it. If that was long ago, you may not see it, or the project has no service hooks: ask an administrator.',
    },
    noPullRequest: {
      title: 'No pull request is open',
      text: 'Open a pull request to see where its change is.',
    },
    newWorkItem: {
      title: 'This work item is new',
      text: 'Save it, and link commits or pull requests to it, to see where its changes are.',
    },
    noWorkItem: {
      title: 'No work item is open',
      text: 'Open a work item to see where its changes are.',
    },
    noProject: {
      title: 'No project is open',
      text: 'Open this page in a project to see where its changes are.',
    },
  },
};
