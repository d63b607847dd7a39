/**
 * The `deployments` command: its subcommands, and the messages and exit codes for all errors. To add a command, add
 * a line to `commands` and a file with its register function.
 */
import { Command, CommanderError } from 'commander';
import { MissingCredentialsError } from '../azure-devops/credentials.ts';
import { AzureDevOpsError } from '../azure-devops/error.ts';
import { registerBuilds } from './builds/command.ts';
import { registerChangelog } from './changelog/command.ts';
import { registerCompletion } from './completion.ts';
import type { Context, Ends, ProcessContext, Register } from './context.ts';
import { CommandError, exitCodes, exitCodesHelp } from './exit-codes.ts';
import { registerHooks } from './hooks/command.ts';
import { registerIntrospection } from './introspection/command.ts';
import { registerKusto } from './kusto/command.ts';
import { registerLogin } from './login/command.ts';
import { registerReconcile } from './reconcile/command.ts';
import { createPrinter } from './terminal/printer.ts';

const commands: readonly Register[] = [
  registerBuilds,
  registerIntrospection,
  registerLogin,
  registerHooks,
  registerReconcile,
  registerChangelog,
  registerKusto,
  registerCompletion,
];

const examples = `
Examples:
  deployments get build 'https://dev.azure.com/contoso/webshop/_build/results?buildId=85084651'
  deployments wait 'https://dev.azure.com/contoso/webshop/_build/results?buildId=85084651' --timeout 2h
  deployments login --url https://deployments.example.com --audience api://deployments --azure-cli
  deployments environments -o contoso -p Payments
  deployments where 8d2c1f0 -o contoso
  deployments hooks doctor -o contoso --all-projects --queue contosohooks/azure-devops-events
  deployments help wait

$DEPLOYMENTS_URL says where the deployments service is, and $DEPLOYMENTS_TOKEN holds a token for it; 'deployments login'
replaces both.`;

/** Runs a command line (without node and script) and returns the exit code. Never throws. */
export async function runDeployments(argv: readonly string[], given: ProcessContext): Promise<number> {
  const { environment, signal } = given;
  const context: Context = {
    environment,
    signal,
    out: createPrinter(given.out, environment),
    err: createPrinter(given.err, environment),
  };
  let exitCode: number = exitCodes.success;
  const ends: Ends =
    (action) =>
    async (...given) => {
      exitCode = (await action(...given)) ?? exitCodes.success;
    };
  const program = new Command('deployments')
    .description(
      'Deployments for Azure Pipelines: lookups, waits, service hooks, the changelog and its database',
    )
    .exitOverride()
    // An option belongs to the command that it follows: `get` and `get build` have some of the same letters.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => context.out.block(text.trimEnd()),
      writeErr: (text) => context.err.block(text.trimEnd()),
      outputError: (text) => showParserError(text, context),
    })
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .showHelpAfterError('(add --help for the options and examples)')
    .addHelpText('after', examples)
    .addHelpText('after', exitCodesHelp);
  for (const register of commands) register(program, context, ends);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return endOf(error, context);
  }
}

/** The parser repeats what was written on the command line, perhaps with line breaks; its hint is on a line of its own. */
function showParserError(text: string, { err }: Context): void {
  const [, message = text, hint] = /^(.*?)(\(Did you mean [^\n]*)?$/s.exec(text.trimEnd()) ?? [];
  err.line(message.trimEnd());
  if (hint !== undefined) err.line(hint);
}

function endOf(error: unknown, context: Context): number {
  if (context.signal.aborted) {
    context.err.line('Interrupted.');
    return exitCodes.interrupted;
  }
  // The parser has already printed the error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  const message = error instanceof Error ? error.message : String(error);
  context.err.line({ text: 'error:', tone: 'bad' }, ` ${message}`);
  if (error instanceof CommandError) {
    for (const detail of error.details) context.err.line(`  ${detail}`);
    return error.exitCode;
  }
  if (error instanceof MissingCredentialsError) return exitCodes.usage;
  if (!(error instanceof AzureDevOpsError) && error instanceof Error) context.err.block(error.stack ?? '');
  return exitCodes.service;
}
