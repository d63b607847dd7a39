/** `changelog commit`: how far a commit has come, as a tree of its runs, stages and further commits. */
import type { Organization } from '../../azure-devops/address.ts';
import {
  commitProgress,
  commitsBeginningWith,
  type ProgressStep,
} from '../../changelog/queries/commit-progress.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { organizationOf } from '../azure-devops-options.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, usageError } from '../exit-codes.ts';
import { type ConnectionOptions, withDatabase } from '../kusto/connection.ts';
import { stateInWords } from '../state-words.ts';

export interface CommitOptions extends ConnectionOptions {
  readonly organization?: Organization;
  readonly json?: true;
}

export async function commit(id: string, options: CommitOptions, context: Context): Promise<ExitCode> {
  const organization = organizationOf(options, context).name;
  if (!/^[0-9a-f]{7,40}$/i.test(id)) {
    throw usageError(
      "argument 'id' must be a commit id of 40 hexadecimal digits, or at least the first 7 of them",
    );
  }
  const progress = await withDatabase(options, async (database) => {
    const whole = await wholeCommit(database, organization, id);
    return whole === undefined ? undefined : commitProgress(database, organization, whole);
  });
  if (progress === undefined) {
    context.err.line(`The changelog of ${organization} has no push and no run of ${id}.`);
    return exitCodes.badNews;
  }
  if (options.json === true) context.out.json({ organization, progress });
  else context.out.table(['STEP', 'STATE', 'RESULT', 'TIME'], rowsOf(progress, 0));
  return exitCodes.success;
}

/** The most candidates that are named where an id is ambiguous. */
const mostNamed = 10;

/** The commit whose id begins with `id`; undefined if the changelog knows none. @throws CommandError if it knows several */
async function wholeCommit(
  database: KustoClient,
  organization: string,
  id: string,
): Promise<string | undefined> {
  if (id.length === 40) return id;
  const candidates = await commitsBeginningWith(database, organization, id);
  if (candidates.length <= 1) return candidates[0];
  const more = candidates.length > mostNamed ? ' and others' : '';
  throw usageError(
    `argument 'id': ${id} is ambiguous; give more digits of one of ${candidates.slice(0, mostNamed).join(', ')}${more}`,
  );
}

function rowsOf(step: ProgressStep, depth: number): string[][] {
  const indent = '  '.repeat(depth);
  const relation = step.relation === '' ? '' : `${step.relation}: `;
  const next = step.next.flatMap((following) => rowsOf(following, depth + 1));
  if (step.kind === 'commit') {
    const where = step.repository === '' ? '' : ` in ${step.repository}`;
    const who = step.pushedBy === '' ? '' : `, pushed by ${step.pushedBy}`;
    return [
      [`${indent}${relation}commit ${step.commit.slice(0, 10)}${where}${who}`, '–', '–', step.time || '–'],
      ...next,
    ];
  }
  const stages = step.stages.map(({ name, attempt, state, result, time }) => [
    `${indent}  stage ${name}${attempt > 1 ? ` (attempt ${attempt})` : ''}`,
    stateInWords(state),
    stateInWords(result) || '–',
    time || '–',
  ]);
  return [
    [
      `${indent}${relation}run ${step.runId} ${step.name}`,
      stateInWords(step.state) || '–',
      stateInWords(step.result) || '–',
      step.time || '–',
    ],
    ...stages,
    ...next,
  ];
}
