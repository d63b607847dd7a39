/** The commands `deployments login`, `logout` and `whoami`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Form } from '../../settings/forms.ts';
import { readSetting } from '../../settings/reader.ts';
import type { Setting } from '../../settings/setting.ts';
import { addServiceOptions } from '../builds/service-options.ts';
import type { Context, Ends } from '../context.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { requireOption } from '../required-options.ts';
import { cliSettings } from '../settings.ts';
import { signIn, tokensOf } from './credential.ts';
import { audience, clientId, tenant } from './forms.ts';
import { addressOf, forgetLogin, keepLogin, type Login, type LoginMethod, readLogin } from './kept-login.ts';
import { localService, namedService, refuseUnsafe, type ServiceOptions } from './service-access.ts';
import { type WhoamiOptions, whoami } from './whoami.ts';

interface LoginOptions extends ServiceOptions {
  readonly deviceCode?: true;
  readonly azureCli?: true;
  readonly managedIdentity?: true;
  readonly tenant?: string;
  readonly client?: string;
  readonly audience?: string;
}

/** Adds `login`, `logout` and `whoami`. */
export function registerLogin(program: Command, context: Context, ends: Ends): void {
  addValueOptions(addMethodOptions(addServiceOptions(program.command('login'), context)), context)
    .description('sign in to a deployments service, for the commands that ask it')
    .addHelpText('after', loginHelp)
    .action(ends((options: LoginOptions) => logIn(options, context)));

  program
    .command('logout')
    .description('forget the login and its token')
    .action(ends(async () => logOut(context)));

  addServiceOptions(program.command('whoami'), context)
    .description('show who you are to the service, until when, and what the service says to that')
    .option('--json', 'print it as JSON')
    .addHelpText('after', whoamiHelp)
    .action(ends((options: WhoamiOptions) => whoami(options, context)));
}

function addMethodOptions(command: Command): Command {
  return command
    .option('--device-code', 'sign in as a person, on any device with a browser (default)')
    .addOption(
      new Option('--azure-cli', 'use the login of Azure CLI').conflicts([
        'deviceCode',
        'managedIdentity',
        'client',
      ]),
    )
    .addOption(
      new Option('--managed-identity', 'use the managed identity of an Azure host, for machines').conflicts([
        'deviceCode',
        'tenant',
      ]),
    );
}

function addValueOptions(command: Command, context: Context): Command {
  const add = <T>(flags: string, { name }: Setting<T>, description: string, { parse, rightForm }: Form<T>) =>
    command.option(flags, `${description} ($${name})`, (text) => {
      const value = parse(text.trim());
      if (value === undefined) throw new InvalidArgumentError(`It must be ${rightForm}.`);
      return value;
    });
  add('--audience <uri>', cliSettings.audience, 'application id URI of the service', audience);
  add('--tenant <id>', cliSettings.tenant, 'tenant to sign in to', tenant);
  add(
    '--client <id>',
    cliSettings.client,
    'application that a person signs in with, or user-assigned identity',
    clientId,
  );
  for (const [flag, value] of [
    ['--audience <uri>', 'audience'],
    ['--tenant <id>', 'tenant'],
    ['--client <id>', 'client'],
  ] as const) {
    requireOption(command, {
      title: `'${flag}' or $${cliSettings[value].name}`,
      isGiven(options: LoginOptions) {
        const login = loginChosenBy(options, context);
        return login[value] !== undefined || (value !== 'audience' && login.method !== 'deviceCode');
      },
    });
  }
  return command;
}

const loginHelp = `
After a device code, the token is kept in a file that only you can read, until it expires or you log out. Azure CLI and
managed identities have tokens of their own, and only the choice is written down. A token of a login is sent to its
service alone. To sign in again in the same way, run it without options.

Examples:
  deployments login --url https://deployments.example.com --audience api://deployments \\
    --tenant contoso.onmicrosoft.com --client 0d1f6c2e-5a54-4f0e-9a40-0c8f6ed0a001
  deployments login --url https://deployments.example.com --audience api://deployments --azure-cli
  deployments login --url https://deployments.example.com --audience api://deployments --managed-identity`;

const whoamiHelp = `
Exits with 1 if there is no valid token, and with 3 if the service does not accept it.

Example:
  deployments whoami --json`;

async function logIn(options: LoginOptions, context: Context): Promise<ExitCode> {
  const { service, audience: given, ...others } = loginChosenBy(options, context);
  if (given === undefined) throw new TypeError('the audience is a required option');
  refuseUnsafe(new URL(service), 'the token of a login', '');
  const login = await proven({ ...others, service, audience: given }, context);
  const path = keepLogin(login, context.environment);
  context.err.line(`The login is kept in ${path}.`);
  if (readSetting(cliSettings.token, context.environment)) {
    context.err.line(`$${cliSettings.token.name} is set, and commands use it instead of the login.`);
  }
  return whoami({ url: service }, context);
}

/** What the options say, else the environment, else the last login to the same service by the same method. */
function loginChosenBy(options: LoginOptions, context: Context): Omit<Login, 'audience'> & Partial<Login> {
  const { environment } = context;
  const named = namedService(options, context);
  const method = methodIn(options);
  const kept = lastLogin(context);
  const isSame =
    (named === undefined || kept?.service === addressOf(named)) &&
    (method === undefined || kept?.method === method);
  const last = isSame ? kept : undefined;
  const chosen = last?.method ?? method ?? 'deviceCode';
  return {
    method: chosen,
    service: named ? addressOf(named) : (last?.service ?? localService),
    audience: options.audience ?? readSetting(cliSettings.audience, environment) ?? last?.audience,
    ...(chosen !== 'managedIdentity' && {
      tenant: options.tenant ?? readSetting(cliSettings.tenant, environment) ?? last?.tenant,
    }),
    ...(chosen !== 'azureCli' && {
      client: options.client ?? readSetting(cliSettings.client, environment) ?? last?.client,
    }),
  };
}

function methodIn({ deviceCode, azureCli, managedIdentity }: LoginOptions): LoginMethod | undefined {
  if (azureCli) return 'azureCli';
  if (managedIdentity) return 'managedIdentity';
  return deviceCode ? 'deviceCode' : undefined;
}

/** A login that cannot be used does not prevent a new one. */
function lastLogin({ environment }: Context): Login | undefined {
  try {
    return readLogin(environment);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** Gets a first token. @throws CommandError if there is none */
async function proven(login: Login, context: Context): Promise<Login> {
  try {
    if (login.method !== 'deviceCode') {
      await tokensOf(login)();
      return login;
    }
    const { token, expiresOnTimestamp } = await signIn(login, {
      authority: readSetting(cliSettings.authority, context.environment),
      show: ({ userCode, verificationUri }) =>
        context.err.line(`Open ${verificationUri} in a browser, and enter the code ${userCode}.`),
      signal: context.signal,
    });
    return { ...login, token: { value: token, expiresAt: expiresOnTimestamp } };
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(exitCodes.service, `could not sign in: ${reason}`);
  }
}

function logOut({ environment, out, err }: Context): ExitCode {
  out.line(forgetLogin(environment) ? 'The login is forgotten.' : 'There was no login.');
  if (readSetting(cliSettings.token, environment)) {
    err.line(`$${cliSettings.token.name} is still set, and commands use it.`);
  }
  return exitCodes.success;
}
