/** Answers of the service as commands print them, and its refusals as errors of a command. */
import type { LookupAnswer } from '../api/client.ts';
import { ClientError } from '../api/client-error.ts';
import { formatDuration } from '../wait/duration.ts';
import type { Context } from './context.ts';
import { CommandError, type ExitCode, exitCodes } from './exit-codes.ts';
import { howToGetAccess } from './login/service-access.ts';
import type { Printer } from './terminal/printer.ts';

export interface Shown {
  readonly json?: true;
}

/** Prints an answer. If there is nothing to show, the exit code tells scripts so. */
export async function show<T>(
  lookup: Promise<LookupAnswer<T>>,
  { json }: Shown,
  { out, err }: Context,
  print: (body: T, out: Printer) => void,
): Promise<ExitCode> {
  const answer = await answered(lookup);
  if (answer.kind !== 'found') {
    err.line(answer.kind === 'none' ? answer.reason : answer.message);
    return exitCodes.badNews;
  }
  if (answer.staleSeconds !== undefined) {
    const age = formatDuration(answer.staleSeconds * 1_000);
    err.line(`This answer is ${age} old, because the service cannot reach its data.`);
  }
  if (answer.skipped.length > 0)
    err.line(`Rows that could not be read and are not shown: ${answer.skipped.length}.`);
  if (json) out.json(answer.body);
  else print(answer.body, out);
  return exitCodes.success;
}

/** The answer. @throws CommandError that says what the service refuses, or that it does not answer */
export function answered<T>(lookup: Promise<T>): Promise<T> {
  return lookup.catch((error: unknown): never => {
    throw error instanceof ClientError ? commandError(error) : error;
  });
}

function commandError(error: ClientError): CommandError {
  const isUsage = error.kind === 'badRequest';
  const trace = error.traceId === undefined ? '' : ` (trace id ${error.traceId})`;
  const message = isTokenMissing(error) ? `${error.message} ${reasonOf(error.cause)}` : error.message;
  const details = isTokenMissing(error) || error.kind === 'unauthorized' ? [howToGetAccess] : [];
  return new CommandError(isUsage ? exitCodes.usage : exitCodes.service, message + trace, details);
}

const isTokenMissing = ({ kind }: ClientError): boolean => kind === 'tokenFailed';
const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
