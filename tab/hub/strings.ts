/** The texts of the hub. They are not in ../strings.ts, because the build tab would load them too. */
import type { ChangeField, Grouping, Pivot } from './hub-options.ts';

const number = (amount: number) => amount.toLocaleString('en');
const count = (amount: number, one: string, many = `${one}s`) =>
  `${number(amount)} ${amount === 1 ? one : many}`;

export const hubStrings = {
  title: 'Deployments',
  loading: 'Loading',
  pivotsLabel: 'Views',
  pivots: {
    environments: 'Environments',
    changes: 'Changes',
    compare: 'Compare',
    measures: 'Measures',
    settings: 'Settings',
  } satisfies Record<Pivot, string>,
  services: (amount: number) => count(amount, 'service'),
  service: 'Service',
  environment: 'Environment',
  allServices: 'All services',
  allEnvironments: 'All environments',
  allStates: 'All states',
  choices: (first: string, others: number) => (others > 0 ? `${first} (+${number(others)})` : first),
  labelled: (label: string, value: string) => `${label}: ${value}`,
  retry: 'Try again',
  filters: 'Filters',
  time: 'Time',

  announce: {
    loaded: 'Loaded.',
    changed: 'The page has changed.',
  },

  past: {
    title: (time: string) => `This is the past: what was where on ${time}.`,
    back: 'Back to now',
    at: 'Show the time',
    show: 'Show',
    tooEarly: (time: string) => `Nothing is known before ${time}.`,
    future: 'That time has not come yet.',
  },

  notices: {
    leftOut: (sources: readonly string[]) => `Not included: ${sources.join('; ')}.`,
    leftOutSource: (source: string, reason: string) => (reason ? `${source} (${reason})` : source),
    unreadable: (amount: number) =>
      `${count(amount, 'row')} could not be read and ${amount === 1 ? 'is' : 'are'} missing.`,
    stale: (time: string) => `Could not refresh. This is from ${time}. Trying again.`,
    guessed: (services: number, environments: number) =>
      `${[
        ...(services > 0 ? [count(services, 'service')] : []),
        ...(environments > 0 ? [count(environments, 'environment')] : []),
      ].join(
        ' and ',
      )} ${services + environments === 1 ? 'is a guess' : 'are guesses'} from pipelines and stages, because no settings name them.`,
    ambiguous: (names: readonly string[]) =>
      `Patterns of several services match ${names.join(', ')}; each is counted to the first service.`,
    correct: 'Settings',
    loadingMore: (loaded: number) => `${count(loaded, 'service')} loaded. Loading more…`,
    asOf: (time: string) => `As of ${time}`,
  },

  matrix: {
    label: 'Services and environments',
    service: 'Service',
    empty: 'Never deployed here',
    behind: (amount: string, before: string) => `${amount} behind ${before}`,
    behindShort: (amount: string) => `${amount} behind`,
    more: (amount: number) => `+${number(amount)}`,
    moreLong: (amount: number) => `and ${number(amount)} more since`,
    columns: 'Columns',
    columnsTitle: 'Environments to show',
    columnsHint:
      'Move a column with the buttons here, by dragging its head, or with Alt and the left or right arrow key on its head.',
    moveLeft: (name: string) => `Move ${name} to the left`,
    moveRight: (name: string) => `Move ${name} to the right`,
    resetColumns: 'Restore the order of deployment',
    moved: (name: string, place: number, of: number) => `${name} is column ${place} of ${of}.`,
    noGroup: 'No group',
    filter: 'Filter by service, repository or pipeline',
    filterLabel: 'Filter services',
    clear: 'Clear filters',
    group: 'Group by',
    groupings: {
      none: 'Nothing',
      repository: 'Repository',
      prefix: 'Prefix of the name',
    } satisfies Record<Grouping, string>,
    shown: (shown: number, all: number) => `${number(shown)} of ${count(all, 'service')} shown`,
    nothingTitle: 'No service matches the filters',
    nothingText: 'Change or clear the filters to see the services of this project.',
    noColumnsTitle: 'All environments are hidden',
    noColumnsText: 'Choose the environments to show.',
    summary: (services: number, environments: number) =>
      `${count(services, 'service')} in ${count(environments, 'environment')}`,
    loaded: (services: number, environments: number) =>
      `Loaded ${count(services, 'service')} in ${count(environments, 'environment')}.`,
    arrived: (service: string, environment: string, version: string) =>
      `${service}: ${version} is in ${environment} now.`,
    changed: (service: string, environment: string, version: string, state: string) =>
      `${service} ${version} in ${environment}: ${state}.`,
    manyChanged: (amount: number) => `${count(amount, 'cell has', 'cells have')} changed.`,
    unchanged: 'Nothing has changed.',
    staleAnnounced: 'Refreshing failed. What is shown may be out of date.',
    recovered: 'Refreshing works again.',
  },

  cell: {
    title: (service: string, environment: string) => `${service} in ${environment}`,
    history: 'History',
    loadingHistory: 'Loading the history…',
    noHistory: 'Nothing was ever deployed here.',
    failed: 'Could not load it.',
    current: 'Now here',
    wasCurrent: 'Was here',
    build: (number: string) => `Build ${number}`,
    deployment: 'Deployment',
    chain: 'Way of this commit',
    news: (version: string) => `New in ${version}`,
    newsSince: (version: string, since: string) => `New in ${version} since ${since}`,
    newsBackward: (version: string, since: string) =>
      `What the rollback from ${since} to ${version} took away`,
    newsUnknown: (version: string, since: string) => `${version} and ${since} have no known order`,
    loadingNews: 'Loading what is new…',
    noNews: 'No commit, pull request or work item is known.',
    commits: 'Commits',
    pullRequests: 'Pull requests',
    workItems: 'Work items',
    andMore: 'And more that no event has named.',
    more: 'More of the history',
    showNews: (version: string) => `Show what is new in ${version}`,
  },

  changes: {
    label: 'Changes',
    columns: {
      state: 'State',
      service: 'Service',
      ring: 'Ring',
      author: 'Author',
      build: 'Source build',
      metadata: 'Metadata update',
      approval: 'Approval',
      mergedBy: 'Merged by',
      ready: 'Ready to deploy',
      updated: 'Last updated',
      synced: 'Synced cluster',
    },
    details: (service: string, version: string) => `Way of ${service} ${version}`,
    filterLabel: 'Filter changes',
    fields: {
      commit: 'Commit',
      imageTag: 'Image tag',
      buildId: 'Build id',
      deploymentId: 'Deployment id',
      author: 'Author',
    } satisfies Record<ChangeField, string>,
    find: 'Find',
    findIn: 'Find in',
    from: 'From',
    to: 'To',
    clear: 'Clear filters',
    more: 'Load more',
    loadingMore: 'Loading more',
    moreFailed: 'Could not load more. Try again.',
    shown: (amount: number, more: boolean) =>
      `${count(amount, 'change')}${more ? ' so far, newest first' : ', newest first'}`,
    counts: (measure: string) => `The deployments that “${measure}” counts.`,
    nothingTitle: 'No change matches the filters',
    nothingText: 'Change or clear the filters to see the changes of this project.',
    guess: 'a guess',
    guessExplained: 'No settings of the project name this repository.',
    clusters: (first: string, others: number) => (others > 0 ? `${first} (+${number(others)})` : first),
  },

  chain: {
    title: 'The way of the commit',
    picture: 'The way of the commit, from commit to environments. A table with the same content follows.',
    table: 'As a table',
    loading: 'Loading the way of the commit…',
    loadingPicture: 'Drawing…',
    noPicture: 'The picture could not be loaded. The table has the same content.',
    unknown: 'Nothing is known of this commit.',
    andMore: 'Steps were left out, because there are too many.',
    notEnded: 'Not ended',
    guess: '(a guess)',
    about: 'What it belongs to',
    kinds: new Map(
      Object.entries({
        commit: 'Commit',
        pullRequest: 'Pull request',
        build: 'Build',
        metadata: 'Metadata',
        approval: 'Approval',
        manifest: 'Manifest',
        environment: 'Environment',
      }),
    ),
    columns: {
      step: 'Step',
      name: 'Name',
      state: 'State',
      by: 'By',
      started: 'Started',
      ended: 'Ended',
      after: 'After the step before',
    },
  },

  compare: {
    left: 'First environment',
    right: 'Second environment',
    swap: 'Swap',
    only: 'Only what differs',
    label: (left: string, right: string) => `${left} and ${right}`,
    columns: { service: 'Service', verdict: 'Difference' },
    verdicts: {
      same: 'Same',
      differs: 'Differs',
      onlyLeft: (left: string) => `Only in ${left}`,
      onlyRight: (right: string) => `Only in ${right}`,
    },
    commits: (amount: string, ahead: string) => `${amount} behind ${ahead}`,
    news: 'What differs',
    newsLabel: (service: string) => `What differs in ${service}`,
    summary: (different: number, all: number) =>
      `${number(different)} of ${count(all, 'service')} ${different === 1 ? 'differs' : 'differ'}`,
    sameTitle: 'Nothing differs',
    sameText: (left: string, right: string) => `All services have the same version in ${left} and ${right}.`,
    tooFewTitle: 'There is nothing to compare',
    tooFewText: 'Only one environment is known. A second one appears here after its first deployment.',
  },

  measures: {
    days: (from: string, to: string) => `From ${from} to ${to}`,
    names: new Map(
      Object.entries({
        deploymentFrequency: 'Deployment frequency',
        changeLeadTime: 'Change lead time',
        changeFailRate: 'Change fail rate',
        failedDeploymentRecoveryTime: 'Failed deployment recovery time',
        deploymentReworkRate: 'Deployment rework rate',
      }),
    ),
    definitions: new Map(
      Object.entries({
        deploymentFrequency:
          'How many deployments succeeded, divided by the days of the period. A stage that is run again counts again.',
        changeLeadTime:
          'The median time from a commit to the end of the first successful deployment that holds it. Only deployments whose commits have a known time count.',
        changeFailRate:
          'The share of deployments that needed immediate intervention: they failed, or a rollback or hot fix followed. A failure counts even if a rerun of the stage succeeded. Deployments that have not ended do not count.',
        failedDeploymentRecoveryTime:
          'The median time from a failed deployment to the next successful one of the same service in the same environment. Failures that nothing has followed yet are left out.',
        deploymentReworkRate:
          'The share of deployments that nobody had planned: rollbacks, hot fixes, and reruns of a stage that had failed.',
      }),
    ),
    definition: 'What is this?',
    aDay: 'a day',
    aWeek: 'a week',
    percent: (share: number) =>
      `${(share * 100).toLocaleString('en', { maximumFractionDigits: share < 0.1 ? 1 : 0 })} %`,
    rate: (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 }),
    none: 'Not known',
    noneText: 'The events of this period do not tell it.',
    counted: (amount: number) => `Show the ${count(amount, 'deployment')} counted`,
    leftOut: (amount: number) =>
      `${count(amount, 'deployment')} left out, because the events do not tell it.`,
    chart: (name: string) => `${name} by day. A table with the same content follows.`,
    table: 'By day, as a table',
    tableLabel: (name: string) => `${name} by day`,
    columns: { day: 'Day (UTC)', value: 'Value', counted: 'Deployments' },
    breakdown: 'By service and environment',
    loadingChart: 'Loading the chart…',
    noChart: 'The chart could not be loaded. The table has the same content.',
    definitionOf: (name: string) => `What is ${name.toLowerCase()}?`,
    openOf: (value: string, name: string, service: string, environment: string) =>
      `${value}, ${name.toLowerCase()} of ${service} in ${environment}: show the deployments counted`,
    nothingTitle: 'No deployments in this period',
    nothingText: 'Measures appear here after the first deployments of the chosen services and environments.',
  },

  settings: {
    intro:
      'Without settings, a service is a pipeline and an environment is what deployments name. Say here where that is not right. Patterns stand one a line; * stands for any characters, and case does not matter.',
    never: 'No settings have been saved yet.',
    saved: (by: string, time: string) => (by ? `Saved by ${by} on ${time}.` : `Saved on ${time}.`),
    services: 'Services',
    servicesHint: 'The first service that matches counts.',
    environments: 'Environments',
    environmentsHint: 'In the order of deployment.',
    repositories: 'Repositories of GitOps',
    name: 'Name',
    pipelines: 'Pipelines',
    repositoryPatterns: 'Repositories',
    payloads: 'Payloads',
    tier: 'Tier',
    tiers: new Map(
      Object.entries({
        development: 'Development',
        test: 'Test',
        staging: 'Staging',
        production: 'Production',
        other: 'Other',
      }),
    ),
    aliases: 'Other names',
    metadata: 'Metadata repositories (HLD)',
    manifests: 'Manifest repositories',
    of: (field: string, name: string, place: number) => `${field} of ${name || `entry ${place}`}`,
    addService: 'Add a service',
    addEnvironment: 'Add an environment',
    up: (name: string) => `Move ${name || 'this entry'} up`,
    down: (name: string) => `Move ${name || 'this entry'} down`,
    remove: (name: string) => `Remove ${name || 'this entry'}`,
    preview: 'Preview',
    previewing: 'Loading the preview…',
    previewTitle: 'What these settings match',
    takeGuesses: 'Take over the guesses',
    matches: 'Matches',
    matchesNothing: 'nothing known',
    guessed: 'guessed',
    unmatched: (patterns: readonly string[]) => `These patterns match nothing known: ${patterns.join(', ')}.`,
    ambiguousEnvironments: (names: readonly string[]) =>
      `Several environments match ${names.join(', ')}; each is counted to the first environment.`,
    save: 'Save',
    saving: 'Saving…',
    savedNow: 'Saved. The views follow within a minute.',
    previewFirst: 'Preview the settings before you save them.',
    conflict: 'Somebody else saved settings in the meantime, so these were not saved.',
    reload: 'Load theirs, and lose these changes',
    forbidden:
      'You may not change these settings: that needs the permission to edit pipelines of this project.',
    wrong: 'These settings cannot be used:',
    failed: (reason: string) => `That did not work: ${reason}`,
    gone: 'The service does not know this project any more.',
  },

  pages: {
    nothingYet: {
      title: 'No deployments are known yet',
      text: 'This page learns of deployments from the service hooks of the project. After they have been created, services and environments appear with the next deployment.',
      command: 'An administrator of the project creates the service hooks with this command:',
      copy: 'Copy the command',
      docs: 'Documentation of the service',
    },
    unknownProject: {
      title: 'Nothing is known of this project',
      text: 'Either no event of it has arrived yet, or you may not see it. An administrator creates its service hooks with the command “deployments hooks create”.',
    },
    noAccess: {
      title: 'You do not have access to these deployments',
      text: 'You need permission to view builds of this project, and this organization must be enabled for the Deployments service. Ask a project administrator.',
    },
    unavailable: {
      title: 'Could not load the deployments',
      text: 'The Deployments service is not responding. This page will try again.',
    },
    unreadable: {
      title: 'Could not read the answer',
      text: 'The service returned data that this version of the page does not understand.',
    },
    tooOld: {
      title: 'The service does not know this view',
      text: 'The Deployments service is older than this extension. Ask its operator to update it.',
    },
    noProject: {
      title: 'No project is open',
      text: 'Open this page in a project to see where its services are deployed.',
    },
  },
};
