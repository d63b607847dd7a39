/**
 * Registers the API as an application of Microsoft Entra ID, with the Azure CLI: the scope that pages ask for, the role
 * of programs that may see everything, the permissions to read pipelines and to list projects on behalf of users, and a managed identity
 * instead of a secret. Prints the commands; `--apply` runs them.
 *
 * Run: npx tsx scripts/app-registration.ts --name "Deployments" --tenant <id> [--identity <object id>] [--apply]
 */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readScope } from '../api/access.ts';
import { azureDevOpsResource } from '../azure-devops/credentials.ts';
import { countHiddenRole, readAllRole } from '../backend/rights/service-rights.ts';
import { isGuid } from '../net/guid.ts';

export interface Registration {
  /** Display name of the application; there must be none of that name yet. */
  readonly name: string;
  /** Id of the tenant. */
  readonly tenant: string;
  /** Object id of the managed identity that the backend runs as; undefined: the application gets no credential. */
  readonly identity: string | undefined;
}

/** A call of `az`. Its output, if it has a name, takes the place of `{name}` in later calls. */
export interface RegistrationStep {
  readonly title: string;
  readonly call: readonly string[];
  readonly output?: string;
  /** What the output must not be. */
  readonly refuse?: (output: string) => string | undefined;
}

/** Ids need to be unique within an application only. */
const scopeId = '6f1d9c0e-0a35-4d3a-8a52-6a5a1c7c2b01';
const roleId = '6f1d9c0e-0a35-4d3a-8a52-6a5a1c7c2b02';
const countRoleId = '6f1d9c0e-0a35-4d3a-8a52-6a5a1c7c2b03';
/** Nested App Auth of Azure DevOps returns there. */
const pageRedirect = 'https://dev.azure.com/_public/_MsalPopup';
const graph = 'https://graph.microsoft.com/v1.0/applications';

/** The calls, in their order. */
export function registrationSteps({ name, tenant, identity }: Registration): readonly RegistrationStep[] {
  const steps: RegistrationStep[] = [
    {
      title: 'Make sure that there is no such application yet',
      call: [
        'ad',
        'app',
        'list',
        '--filter',
        `displayName eq '${name.replaceAll("'", "''")}'`,
        ...tsv('[].appId'),
      ],
      output: 'existing',
      refuse: (existing) =>
        existing === '' ? undefined : `There is an application "${name}" already: ${existing}`,
    },
    permissionStep('Find the permission to read builds and pipelines', 'vso.build', 'permission'),
    permissionStep('Find the permission to list projects', 'vso.project', 'projects'),
    {
      title: 'Create the application',
      call: [...rest('POST', graph, applicationOf(name)), ...tsv('appId')],
      output: 'appId',
      refuse: (id) => (id === '' ? 'The application was not created' : undefined),
    },
    {
      title: 'Name it as the audience of tokens',
      call: rest('PATCH', `${graph}(appId='{appId}')`, { identifierUris: ['api://{appId}'] }),
    },
    { title: 'Make it known in the tenant', call: ['ad', 'sp', 'create', '--id', '{appId}'] },
  ];
  if (identity !== undefined)
    steps.push({
      title: 'Let the managed identity stand for a secret',
      call: [
        'ad',
        'app',
        'federated-credential',
        'create',
        '--id',
        '{appId}',
        '--parameters',
        JSON.stringify({
          name: 'backend',
          issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
          subject: identity,
          audiences: ['api://AzureADTokenExchange'],
        }),
      ],
    });
  return steps;
}

/** Ids of permissions are looked up, because Azure DevOps publishes their names only. */
function permissionStep(title: string, value: string, output: string): RegistrationStep {
  return {
    title,
    call: [
      'ad',
      'sp',
      'show',
      '--id',
      azureDevOpsResource,
      ...tsv(`oauth2PermissionScopes[?value=='${value}'].id | [0]`),
    ],
    output,
    refuse: (id) => (id === '' ? `Azure DevOps has no permission ${value} in this tenant` : undefined),
  };
}

function applicationOf(displayName: string): object {
  return {
    displayName,
    signInAudience: 'AzureADMyOrg',
    api: {
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [
        {
          id: scopeId,
          value: readScope,
          type: 'User',
          isEnabled: true,
          adminConsentDisplayName: 'See deployments',
          adminConsentDescription: 'See the deployments of builds that the user may read in Azure DevOps.',
          userConsentDisplayName: 'See deployments',
          userConsentDescription: 'See the deployments of builds that you may read in Azure DevOps.',
        },
      ],
    },
    appRoles: [
      {
        id: roleId,
        value: readAllRole,
        allowedMemberTypes: ['Application'],
        isEnabled: true,
        displayName: 'See all deployments',
        description: 'See the deployments of all builds.',
      },
      {
        id: countRoleId,
        value: countHiddenRole,
        allowedMemberTypes: ['Application'],
        isEnabled: true,
        displayName: 'Count hidden builds',
        description: 'Know how many builds are left out of an answer because they may not be seen.',
      },
    ],
    // Tells tokens of applications from those of users.
    optionalClaims: { accessToken: [{ name: 'idtyp' }] },
    requiredResourceAccess: [
      {
        resourceAppId: azureDevOpsResource,
        resourceAccess: ['{permission}', '{projects}'].map((id) => ({ id, type: 'Scope' })),
      },
    ],
    spa: { redirectUris: [pageRedirect] },
  };
}

function rest(method: string, url: string, body: object): string[] {
  const headers = ['--headers', 'Content-Type=application/json'];
  return ['rest', '--method', method, '--url', url, ...headers, '--body', JSON.stringify(body)];
}

function tsv(query: string): string[] {
  return ['--query', query, '--output', 'tsv'];
}

/** Runs the steps. `az` runs the Azure CLI and returns what it prints. @throws Error that says what is in the way */
export function register(
  registration: Registration,
  az: (call: readonly string[]) => string,
  report: (title: string) => void,
): string {
  const outputs = new Map<string, string>();
  for (const { title, call, output, refuse } of registrationSteps(registration)) {
    report(title);
    const filled = call.map((word) =>
      word.replace(/\{(existing|permission|projects|appId)\}/g, (_all, name) => outputs.get(name) ?? ''),
    );
    const printed = az(filled).trim();
    const refusal = refuse?.(printed);
    if (refusal !== undefined) throw new Error(refusal);
    if (output !== undefined) outputs.set(output, printed);
  }
  return outputs.get('appId') ?? '';
}

/** The commands for a shell, to be read and run by a person. */
export function script(registration: Registration): string {
  const lines = registrationSteps(registration).map(({ title, call, output }) => {
    const command = `az ${call.map(quoted).join(' ')}`;
    return `# ${title}\n${output === undefined ? command : `${output}=$(${command})`}`;
  });
  return `${lines.join('\n')}\n`;
}

/** One word of a shell, in which `{name}` is a variable. */
function quoted(word: string): string {
  const text = /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
  return text.replace(/\{(permission|projects|appId)\}/g, (_all, name) =>
    text.startsWith("'") ? `'"$${name}"'` : `"$${name}"`,
  );
}

function main(): void {
  const { values } = parseArgs({
    options: {
      name: { type: 'string' },
      tenant: { type: 'string' },
      identity: { type: 'string' },
      apply: { type: 'boolean', default: false },
    },
  });
  const { name, tenant, identity, apply } = values;
  if (!name?.trim() || !tenant || !isGuid(tenant) || (identity !== undefined && !isGuid(identity)))
    throw new Error(
      '--name must be a name, --tenant the id (GUID) of a tenant, --identity the object id (GUID) of an identity.',
    );
  const registration = { name, tenant, identity };
  if (!apply) return void process.stdout.write(script(registration));
  const appId = register(
    registration,
    (call) => execFileSync('az', call, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
    (title) => process.stderr.write(`${title}\n`),
  );
  process.stdout.write(`ENTRA_TENANTS=${tenant}\nENTRA_CLIENT_ID=${appId}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
