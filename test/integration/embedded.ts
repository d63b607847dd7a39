/**
 * The environment `embedded`: the backend with `AUTH=entra` on a free port of loopback, over an engine with the
 * demonstration data. Entra ID, Azure DevOps and a plan with a waiting task are real servers beside it, so every kind of
 * caller can be played, and writing can be tried.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHostGates } from '../../backend/hosts/gates.ts';
import { readAllRole } from '../../backend/rights/service-rights.ts';
import { openChangelog } from '../../changelog/changelog.ts';
import { paymentsProject } from '../../changelog/demo/payments.ts';
import { deploymentWithoutBuild } from '../../kusto/demo/builds.ts';
import { sampleBuild, samplePayload, sampleRollouts } from '../../kusto/demo/specification-sample.ts';
import { DEFAULT_DATABASE } from '../../kusto/engine/engine.ts';
import { offeredProjects } from '../../scripts/offered-projects.ts';
import { accessSettings, type Entra, startEntra } from '../support/access/entra.ts';
import { startOrganizations } from '../support/access/organizations.ts';
import { type PlanServer, startPlanServer } from '../support/azure-devops/plan-server.ts';
import { buildTestApp } from '../support/backend.ts';
import { startTestEngine } from '../support/engine/engine.ts';
import { until } from '../support/until.ts';
import type { CallerName } from './case.ts';
import type { Environment } from './environment.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
/** Not accepted. */
const foreignTenant = '33333333-3333-4333-8333-333333333333';
const clients = {
  service: '00000000-0000-4000-8000-00000000000c',
  ungranted: '00000000-0000-4000-8000-00000000000d',
  limited: '00000000-0000-4000-8000-00000000000e',
} as const;
const user = 'a-person';
const hookSecret = 'secret of the service hooks';
const organizations = ['msazure', 'contoso'];

/** Starts everything; the API answers when this returns. */
export async function startEmbedded(): Promise<Environment> {
  const engine = await startTestEngine({ holds: 'demonstration' });
  const entra = await startEntra([tenant, foreignTenant]);
  const azureDevOps = await startOrganizations(Object.fromEntries(organizations.map((one) => [one, tenant])));
  azureDevOps.readers.add(`${user} ${sampleBuild.organization}/${sampleBuild.project}`);
  const plans = await startPlanServer();
  const folder = mkdtempSync(join(tmpdir(), 'clients-'));
  const clientsFile = join(folder, 'clients.json');
  const grants = { grants: organizations, settings: organizations };
  writeFileSync(
    clientsFile,
    JSON.stringify({ clients: { [clients.service]: grants, [clients.limited]: grants } }),
  );

  const { app, config, kusto, close } = buildTestApp(
    engine.url,
    DEFAULT_DATABASE,
    {
      ...accessSettings(entra, [tenant], azureDevOps),
      CLIENTS_FILE: clientsFile,
      RATE_LIMITS: `${clients.limited}=1`,
      GATES_KEY: Buffer.alloc(32, 7).toString('base64'),
      GATES_CALLBACK_HOSTS: '127.0.0.1',
      CHANGELOG_SECRET: hookSecret,
      CHANGELOG_ORGANIZATION_SECRETS: 'contoso=secret of contoso alone',
    },
    // Cases are about answers, not about how long a busy machine takes.
    60_000,
  );
  if (!config.gates || !config.changelog) throw new Error('not everything is served');
  openHostGates(app, { config: config.gates, data: config.data, kusto, inBackground: false });
  const changelog = await openChangelog(app, {
    config: config.changelog,
    database: kusto,
    jobs: { nudge: () => undefined },
    log: app.log,
  });
  const url = await app.listen({ host: config.host, port: config.port });
  await warmUpGates(url, plans, await headersOf('service', entra));
  const task = plans.newTask();
  const [{ id: rollout = '' } = {}] = sampleRollouts.slice(5);
  const payments = offeredProjects().find(({ project }) => project === paymentsProject.id);
  const [pullRequest] = payments?.pullRequests ?? [];
  const [workItem] = payments?.workItems ?? [];

  return {
    name: 'embedded',
    url,
    isEmbedded: true,
    // Its engine compiles what it is first asked, and the machine may be busy.
    longestAnswerMs: 200_000,
    values: {
      organization: sampleBuild.organization,
      project: sampleBuild.project,
      build: String(sampleBuild.id),
      deploymentSource: 'expressv2',
      deploymentId: `${samplePayload.serviceGroup}/${rollout}`,
      payload: `${samplePayload.serviceTreeId}/${samplePayload.serviceGroup}=${samplePayload.buildNumber}`,
      deploymentWithoutBuild: deploymentWithoutBuild.id,
      introspectionOrganization: paymentsProject.organization,
      introspectionProject: paymentsProject.id,
      pullRequest: String(pullRequest?.id),
      repository: String(pullRequest?.repositoryId),
      workItem: String(workItem?.id),
      hookSecret,
      planUrl: plans.url,
      planProject: plans.projectId,
      planId: task.planId,
      timelineId: task.timelineId,
      jobId: task.jobId,
      taskId: task.taskId,
      planToken: task.token,
    },
    headersOf: (caller) => headersOf(caller, entra),
    async close() {
      await close();
      await changelog.close();
      await plans.close();
      await azureDevOps.close();
      await entra.close();
      await engine.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The engine compiles what gates write when they first do, which may take longer than a registration. */
async function warmUpGates(
  url: string,
  plans: PlanServer,
  caller: Readonly<Record<string, string>>,
): Promise<void> {
  const build = {
    organization: sampleBuild.organization,
    projectId: sampleBuild.project,
    buildId: sampleBuild.id,
  };
  const headers = { ...plans.headersOf(plans.newTask()), ...caller };
  await until(async () => {
    const request = { method: 'POST', headers, body: JSON.stringify({ build }) };
    const response = await fetch(`${url}/gates/v1/waits`, request);
    await response.body?.cancel();
    return response.status === 202;
  });
}

async function headersOf(caller: CallerName, entra: Entra): Promise<Readonly<Record<string, string>>> {
  const bearer = async (token: Promise<string>) => ({ authorization: `Bearer ${await token}` });
  switch (caller) {
    case 'nobody':
      return {};
    case 'user':
      return bearer(entra.token(tenant, { claims: entra.user(user) }));
    case 'stranger':
      return bearer(
        entra.token(foreignTenant, { claims: entra.application(clients.service, [readAllRole]) }),
      );
    case 'expired':
      return bearer(entra.token(tenant, { claims: entra.application(clients.service), expiresIn: -3_600 }));
    default:
      return bearer(entra.token(tenant, { claims: entra.application(clients[caller]) }));
  }
}
