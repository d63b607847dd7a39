/** Answers of introspection for tests: a small project with something of everything, and matrices of any size. */
import type {
  Cell,
  Change,
  Changes,
  Environments,
  Measures,
  News,
  Placement,
  Step,
  Whereabouts,
} from '../../../api/introspection/contract.ts';

export const project = { organization: 'contoso', project: '11111111-1111-4111-8111-111111111111' };
const names = { ADOOrganizationName: project.organization, ADOProjectId: project.project };

/** A time on 2 January 2024 as the API writes it. */
export const time = (hour: number, minute = 0) =>
  `2024-01-02T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00.0000000Z`;

export function aPlacement(changes: Partial<Placement> = {}): Placement {
  const { Version = '1.4.0', Service = 'cart' } = changes;
  return {
    Service,
    Environment: 'dev',
    DeploymentSource: 'azurepipelines',
    DeploymentId: `${Service}-${Version}-${changes.Environment ?? 'dev'}`,
    DeploymentUrl: 'https://dev.azure.com/contoso/Storefront/_build/results?buildId=77&view=results',
    Version,
    Build: {
      ProjectId: project.project,
      Id: 77,
      Number: Version,
      Url: 'https://dev.azure.com/contoso/Storefront/_build/results?buildId=77',
      Pipeline: `${Service}-ci`,
      Repository: 'storefront',
      Branch: 'refs/heads/main',
      Commit: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
    },
    State: 'succeeded',
    ChangeState: 'Succeeded',
    Kind: 'forward',
    By: 'Ada Lovelace',
    StartTime: time(7),
    EndTime: time(7, 30),
    ...changes,
  };
}

export function aCell(changes: Partial<Cell> = {}): Cell {
  const { Service = 'cart', Environment = 'dev' } = changes;
  return {
    Service,
    Environment,
    Current: aPlacement({ Service, Environment }),
    Since: [],
    MoreSince: 0,
    Behind: null,
    BehindIsAtLeast: false,
    ...changes,
  };
}

/** Three services in three environments: something of everything that a cell can say. */
export function environments(changes: Partial<Environments> = {}): Environments {
  const waiting = aPlacement({
    Environment: 'prod',
    Version: '1.4.0',
    State: 'blocked',
    ChangeState: 'waitingForApproval',
    EndTime: null,
  });
  const failed = aPlacement({
    Service: 'orders',
    Environment: 'staging',
    Version: '2.2.0',
    State: 'failed',
    ChangeState: 'failed',
  });
  return {
    ...names,
    At: null,
    Horizon: '2023-10-01T00:00:00.0000000Z',
    LeftOut: [],
    Environments: [
      { Name: 'dev', Tier: 'development', Guessed: false },
      { Name: 'staging', Tier: 'staging', Guessed: false },
      { Name: 'prod', Tier: 'production', Guessed: false },
    ],
    Services: [
      { Name: 'cart', Guessed: false, Pipelines: ['cart-ci'], Repositories: ['storefront'], Ambiguous: [] },
      { Name: 'orders', Guessed: false, Pipelines: ['orders-ci'], Repositories: ['orders'], Ambiguous: [] },
      {
        Name: 'cart-worker',
        Guessed: false,
        Pipelines: ['worker-ci'],
        Repositories: ['storefront'],
        Ambiguous: [],
      },
    ],
    Cells: [
      aCell(),
      aCell({ Environment: 'staging', Behind: 0 }),
      aCell({
        Environment: 'prod',
        Behind: 12,
        Since: [waiting],
        Current: aPlacement({ Environment: 'prod', Version: '1.3.2', Kind: 'hotFix', By: 'Grace Hopper' }),
      }),
      aCell({ Service: 'orders', Current: aPlacement({ Service: 'orders', Version: '2.2.0' }) }),
      aCell({
        Service: 'orders',
        Environment: 'staging',
        Behind: 3,
        BehindIsAtLeast: true,
        Since: [failed],
        MoreSince: 2,
        Current: aPlacement({
          Service: 'orders',
          Environment: 'staging',
          Version: '2.1.0',
          Kind: 'rollback',
        }),
      }),
      aCell({ Service: 'cart-worker', Current: aPlacement({ Service: 'cart-worker', Version: '9' }) }),
    ],
    ...changes,
  };
}

/** A page of a matrix of any size, as the service would give it. */
export function bigMatrix(
  services: number,
  columns: number,
  { top, from }: { readonly top: number; readonly from: number },
): Environments {
  const serviceNames = Array.from(
    { length: services },
    (_, index) => `svc-${String(index).padStart(4, '0')}`,
  );
  const columnNames = Array.from({ length: columns }, (_, index) => `env-${String(index).padStart(3, '0')}`);
  const page = serviceNames.slice(from, from + top);
  return environments({
    Environments: columnNames.map((Name) => ({ Name, Tier: 'other', Guessed: false })),
    Services: page.map((Name) => ({
      Name,
      Guessed: false,
      Pipelines: [`${Name}-ci`],
      Repositories: ['mono'],
      Ambiguous: [],
    })),
    Cells: page.flatMap((Service) =>
      columnNames.map((Environment) =>
        aCell({ Service, Environment, Current: aPlacement({ Service, Environment }) }),
      ),
    ),
    ...(from + top < services && { ContinuationToken: String(from + top) }),
  });
}

export function aStep(changes: Partial<Step> = {}): Step {
  return {
    ProjectId: '',
    Key: 'build',
    Kind: 'build',
    Title: '1.4.0',
    Url: 'https://dev.azure.com/contoso/Storefront/_build/results?buildId=77',
    State: 'succeeded',
    ChangeState: 'succeeded',
    By: 'Ada Lovelace',
    StartTime: time(7),
    EndTime: time(7, 10),
    After: [],
    Guessed: false,
    ...changes,
  };
}

export function aChange(changes: Partial<Change> = {}): Change {
  return {
    Placement: aPlacement(),
    Author: 'Ada Lovelace',
    Ring: 'main',
    MetadataUpdate: aStep({ Key: 'metadata', Kind: 'metadata', Title: '4711', By: '' }),
    Approval: aStep({ Key: 'approval', Kind: 'approval', Title: 'dev', By: 'Grace Hopper' }),
    MergedBy: 'Linus',
    ReadyToDeploy: aStep({ Key: 'manifest', Kind: 'manifest', Title: 'ab12cd34' }),
    SyncedClusters: ['east-1', 'west-1'],
    LastUpdateTime: time(8),
    ...changes,
  };
}

export function changes(list: readonly Change[], token?: string): Changes {
  return { ...names, Changes: [...list], ...(token !== undefined && { ContinuationToken: token }) };
}

export function news(changed: Partial<News> = {}): News {
  return {
    ADOOrganizationName: 'contoso',
    ADOProjectId: '',
    Placement: aPlacement(),
    Since: aPlacement({ Version: '1.3.0' }),
    Direction: 'forward',
    Commits: [
      {
        ProjectId: '',
        Id: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
        Message: 'Round up the price',
        Author: 'Ada Lovelace',
        Time: time(6),
        Url: 'https://dev.azure.com/contoso/Storefront/_git/storefront/commit/c0ffee',
      },
    ],
    PullRequests: [
      {
        ProjectId: '',
        Id: 31,
        Title: 'Prices',
        Repository: 'storefront',
        Url: 'https://dev.azure.com/contoso/Storefront/_git/storefront/pullrequest/31',
      },
    ],
    WorkItems: [
      {
        ProjectId: '',
        Id: 4242,
        Url: 'https://dev.azure.com/contoso/Storefront/_workitems/edit/4242',
      },
    ],
    AndMore: false,
    ...changed,
  };
}

/** The chain of a commit through a GitOps project, with one environment that waits. */
export function whereabouts(changed: Partial<Whereabouts> = {}): Whereabouts {
  const steps: Step[] = [
    aStep({ Key: 'c', Kind: 'commit', Title: 'c0ffee00', StartTime: time(6), EndTime: time(6) }),
    aStep({
      Key: 'b',
      Kind: 'build',
      Title: '1.4.0',
      After: ['c'],
      StartTime: time(6, 5),
      EndTime: time(6, 20),
    }),
    aStep({
      Key: 'm',
      Kind: 'metadata',
      Title: '4711',
      After: ['b'],
      StartTime: time(6, 25),
      EndTime: time(6, 30),
    }),
    aStep({
      Key: 'a',
      Kind: 'approval',
      Title: '!9',
      After: ['m'],
      By: 'Grace Hopper',
      StartTime: time(6, 40),
      EndTime: time(7, 40),
    }),
    aStep({
      Key: 'f',
      Kind: 'manifest',
      Title: 'ab12cd34',
      After: ['a'],
      StartTime: time(7, 42),
      EndTime: time(7, 45),
    }),
    aStep({
      Key: 'd',
      Kind: 'environment',
      Title: 'dev',
      After: ['f'],
      StartTime: time(7, 50),
      EndTime: time(8),
    }),
    aStep({
      Key: 'p',
      Kind: 'environment',
      Title: 'prod',
      After: ['f'],
      State: 'blocked',
      ChangeState: 'waitingForApproval',
      StartTime: time(8, 10),
      EndTime: null,
    }),
  ];
  return {
    ...names,
    Subject: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
    Commits: news().Commits,
    PullRequests: news().PullRequests,
    WorkItems: [],
    Environments: [],
    Steps: steps,
    AndMore: false,
    ...changed,
  };
}

const days = ['2023-12-01', '2023-12-05', '2023-12-12', '2023-12-20'];

export function measures(changed: Partial<Measures> = {}): Measures {
  const measure = (Name: string, Value: number | null, Counted: number, values: readonly number[]) => ({
    Name,
    Service: '',
    Environment: '',
    Value,
    Counted,
    LeftOutCount: 0,
    Daily: values.map((value, index) => ({ Day: days[index] ?? '', Value: value, Counted: 2 })),
  });
  return {
    ...names,
    From: '2023-10-04T00:00:00.0000000Z',
    To: '2024-01-02T00:00:00.0000000Z',
    LeftOut: [],
    Measures: [
      measure('deploymentFrequency', 1.4, 126, [2, 1, 3, 2]),
      measure('changeLeadTime', 5400, 80, [5400, 7200, 3600, 4000]),
      measure('changeFailRate', 0.125, 16, [0, 0.5, 0, 0.25]),
      measure('failedDeploymentRecoveryTime', null, 0, []),
      { ...measure('deploymentReworkRate', 0.05, 6, [0, 0, 0.1, 0]), LeftOutCount: 2 },
    ],
    ...changed,
  };
}
