/** Deployments and rows for tests: valid unless a test says otherwise. */
import type { DeploymentsClient, Found, LookupAnswer } from '../../api/client.ts';
import type { Build2Deployment, Deployment } from '../../api/contract.ts';
import { type DeploymentRow, toRows } from '../../tab/build-results/deployment-row.ts';

export const build = {
  organization: 'msazure',
  project: 'b32aa71e-8ed2-41b2-9d77-5bc261222004',
  buildId: 85084651,
};

export function aDeployment(changes: Partial<Deployment> = {}): Deployment {
  return {
    Id: 'ContainerApps/one',
    StartTime: '2024-01-02T07:00:00.0000000Z',
    EndTime: '2024-01-02T07:30:00.0000000Z',
    DeploymentUrl: 'https://ev2.example/one',
    Source: 'expressv2',
    ChangeOwner: 'df36aee8-c644-400b-a0ab-fd0f1191211d',
    ChangeOwnerType: 'ServiceId',
    ChangeState: 'Completed',
    Payloads: [{ Id: 'containerapps=1.2.1450.0', ProgressionLink: 'https://progress.example/one' }],
    LastUpdateTime: '2024-01-02T07:44:36.7159282Z',
    ...changes,
  };
}

export function aRow(changes: Partial<Deployment> = {}): DeploymentRow {
  const [row] = toRows([aDeployment(changes)]);
  if (!row) throw new Error('a deployment gives a row');
  return row;
}

/** One row for each state word, numbered from 1. */
export function rowsInStates(...words: string[]): DeploymentRow[] {
  return words.map((ChangeState, index) => aRow({ Id: `d${index + 1}`, ChangeState }));
}

export function found(
  deployments: readonly Deployment[],
  changes: Partial<Found<Build2Deployment>> = {},
): Found<Build2Deployment> {
  return {
    kind: 'found',
    body: {
      ADOOrganizationName: build.organization,
      ADOProjectId: build.project,
      ADOBuildId: build.buildId,
      Deployments: [...deployments],
    },
    changed: true,
    skipped: [],
    etag: '"1"',
    staleSeconds: undefined,
    traceId: undefined,
    ...changes,
  };
}

type Reply = LookupAnswer<Build2Deployment> | Error | Promise<LookupAnswer<Build2Deployment>>;

/** A client that gives the replies in turn, the last one for ever; `asked` counts the lookups. */
export function clientThatAnswers(...replies: Reply[]): DeploymentsClient & { asked: number } {
  const client = {
    asked: 0,
    async getDeployments() {
      const reply = replies[Math.min(client.asked++, replies.length - 1)];
      if (reply === undefined || reply instanceof Error) throw reply;
      return reply;
    },
    getBuilds: async () => ({ kind: 'none', reason: '', traceId: undefined }) as const,
    getBuildsOfPayload: async () => ({ kind: 'none', reason: '', traceId: undefined }) as const,
    getEntities: async () => ({ kind: 'none', reason: '', traceId: undefined }) as const,
  };
  return client;
}
