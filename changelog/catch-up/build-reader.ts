/**
 * Reads what belongs to completed builds from Azure DevOps, if it permits that. Kusto says which builds remain to be read,
 * so a crash loses none of them.
 */
import type { BuildKey } from '../../api/keys.ts';
import type { AzureDevOps } from '../../azure-devops/client.ts';
import { isRefusal } from '../../azure-devops/error.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction, type KustoFunction } from '../../kusto/client/function-call.ts';
import type { Row } from '../../kusto/client/rows.ts';
import type { ChangelogRow } from '../events/read-event.ts';
import type { RowWriter } from '../store/row-writer.ts';

export interface BuildReaderOptions {
  readonly database: KustoClient;
  readonly writer: RowWriter;
  /** The client of an organization. */
  readonly clientOf: (organization: string) => AzureDevOps;
  readonly onFailure?: (build: BuildKey, error: unknown) => void;
}

/** What is read of a build. */
export interface BuildPart {
  /** The builds of which it has not been read. */
  readonly unread: KustoFunction<Record<never, never>>;
  /** The rows that it becomes, at least one. @param row what `unread` says of the build */
  rows(devOps: AzureDevOps, build: BuildKey, row: Row): Promise<readonly ChangelogRow[]>;
}

export class BuildReader {
  readonly #part: BuildPart;
  readonly #options: BuildReaderOptions;
  /** Builds that must not be read; they are tried again after a restart. */
  readonly #refused = new Set<string>();

  constructor(part: BuildPart, options: BuildReaderOptions) {
    this.#part = part;
    this.#options = options;
  }

  /** Reads the part of all builds of which it has not been read. @returns how many builds were read */
  async readAll(): Promise<number> {
    const rows = await callFunction(this.#options.database, this.#part.unread, {});
    let read = 0;
    for (const row of rows) if (await this.#read(row)) read++;
    return read;
  }

  async #read(row: Row): Promise<boolean> {
    const build = {
      organization: String(row.OrganizationName),
      project: String(row.ProjectId),
      buildId: Number(row.BuildId),
    };
    const key = `${build.organization}/${build.project}/${build.buildId}`;
    if (this.#refused.has(key)) return false;
    const { clientOf, writer, onFailure } = this.#options;
    try {
      await writer.write(await this.#part.rows(clientOf(build.organization), build, row));
      return true;
    } catch (error) {
      if (isRefusal(error)) this.#refused.add(key);
      onFailure?.(build, error);
      return false;
    }
  }
}
