/** The tasks' manifests, as far as tests read them. */
import { readFileSync } from 'node:fs';

export interface TaskManifest {
  readonly id: string;
  readonly name: string;
  readonly version: { readonly Major: number };
  readonly minimumAgentVersion?: string;
  readonly runsOn: readonly string[];
  readonly instanceNameFormat: string;
  readonly groups: readonly { readonly name: string }[];
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly label: string;
    readonly defaultValue?: string;
    readonly required: boolean;
    readonly groupName?: string;
    readonly options?: Readonly<Record<string, string>>;
    readonly helpMarkDown: string;
  }[];
  readonly outputVariables?: readonly { readonly name: string; readonly description: string }[];
  readonly execution: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly restrictions?: { readonly settableVariables: { readonly allowed: readonly string[] } };
}

export const readManifest = (folder: string): TaskManifest =>
  JSON.parse(readFileSync(`tasks/${folder}/task.json`, 'utf8'));

/** The agent's task and its agentless twin. */
export const manifests: readonly TaskManifest[] = [
  readManifest('WaitForDeploymentsV1'),
  readManifest('WaitForDeploymentsGateV1'),
];
