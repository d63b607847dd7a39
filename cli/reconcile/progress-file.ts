/** Keeps the progress of reconciling in a file, so that an interrupted run can continue. */
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { ReconcileProgress } from '../../changelog/catch-up/reconcile/reconcile.ts';
import { usageError } from '../exit-codes.ts';

/** Progress that is kept in a file; `finish` deletes it. */
export interface ProgressFile extends ReconcileProgress {
  finish(): Promise<void>;
}

/** Opens the file, or starts a new one. @throws CommandError if it holds something else */
export async function openProgressFile(path: string, organization: string): Promise<ProgressFile> {
  const reached = await readReached(path, organization);
  return {
    reached: (projectId) => reached.get(projectId),
    async reach(projectId, finishTime) {
      reached.set(projectId, finishTime);
      // Renamed into place, so a crash leaves the old file or the new one.
      await writeFile(`${path}.new`, JSON.stringify({ organization, reached: Object.fromEntries(reached) }));
      await rename(`${path}.new`, path);
    },
    finish: () => rm(path, { force: true }),
  };
}

async function readReached(path: string, organization: string): Promise<Map<string, string>> {
  if (!existsSync(path)) return new Map();
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw usageError(`option '--progress <file>': ${error instanceof Error ? error.message : error}`);
  }
  const content = parsed(text);
  if (content === undefined) {
    throw usageError(`option '--progress <file>': ${path} is not a progress file of deployments reconcile`);
  }
  if (content.organization !== organization) {
    throw usageError(
      `option '--progress <file>': ${path} is for ${content.organization}, not ${organization}; give another file`,
    );
  }
  return new Map(Object.entries(content.reached));
}

interface ProgressContent {
  readonly organization: string;
  readonly reached: Readonly<Record<string, string>>;
}

function parsed(text: string): ProgressContent | undefined {
  try {
    const content: Partial<ProgressContent> | null = JSON.parse(text);
    const { organization, reached } = content ?? {};
    const isUsable = typeof organization === 'string' && typeof reached === 'object' && reached !== null;
    return isUsable ? { organization, reached } : undefined;
  } catch {
    return undefined;
  }
}
