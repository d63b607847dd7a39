/**
 * The two extensions that one source makes. The development variant can be installed beside the real one:
 * everything that is global across the Marketplace or an organization has its own name or id there.
 */
import { createHash } from 'node:crypto';

/** `production` is what is published; `development` is for trying out. */
export const variants = ['production', 'development'] as const;
export type Variant = (typeof variants)[number];

/** What the extension contributes, as far as it is looked at here. */
export interface Contribution {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** vss-extension.json, as far as it is looked at here. */
export interface ExtensionManifest {
  readonly id: string;
  readonly publisher: string;
  readonly version: string;
  readonly name: string;
  readonly contributions: readonly Contribution[];
  readonly files: readonly { readonly path: string }[];
}

/** task.json, as far as it is looked at here. */
export interface TaskManifest {
  readonly id: string;
  readonly name: string;
  readonly friendlyName: string;
  readonly inputs: readonly { readonly type: string }[];
}

/** The extension's manifest as a variant ships it. */
export function manifestOf(
  variant: Variant,
  manifest: ExtensionManifest,
): ExtensionManifest & { readonly public?: boolean } {
  if (variant === 'production') return manifest;
  return {
    ...manifest,
    id: `${manifest.id}-dev`,
    name: `${manifest.name} (Dev)`,
    public: false,
    contributions: manifest.contributions.map(contributionInDevelopment),
  };
}

/** A task's manifest as a variant ships it. */
export function taskOf(variant: Variant, task: TaskManifest): TaskManifest {
  if (variant === 'production') return task;
  return {
    ...task,
    id: developmentId(task.id),
    name: `${task.name}Dev`,
    friendlyName: `${task.friendlyName} (Dev)`,
    inputs: task.inputs.map((input) => ({
      ...input,
      type: input.type.replace(/^connectedService:(.+)$/, 'connectedService:$1Dev'),
    })),
  };
}

function contributionInDevelopment(contribution: Contribution): Contribution {
  const { properties } = contribution;
  if (contribution.type === 'ms.vss-endpoint.service-endpoint-type')
    return {
      ...contribution,
      properties: {
        ...properties,
        name: `${properties.name}Dev`,
        displayName: `${properties.displayName} (Dev)`,
      },
    };
  if (contribution.type.startsWith('ms.vss-distributed-task')) return contribution;
  return { ...contribution, properties: { ...properties, name: `${properties.name} (Dev)` } };
}

/** Another GUID, and always the same one for the same task. */
function developmentId(id: string): string {
  const hex = createHash('sha256').update(`development ${id}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
