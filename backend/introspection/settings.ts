/** The settings of a project, as they were saved last. A project for which nobody saved any has version 0. */
import { readSavedSettings } from '../../api/introspection/bodies.ts';
import type { ProjectSettings, SavedSettings } from '../../api/introspection/contract.ts';
import { readProjectKey } from '../../api/introspection/parameters.ts';
import type { ProjectKey } from '../../api/keys.ts';
import type { FunctionCall } from '../../kusto/client/function-call.ts';
import { getProjectSettings } from '../../kusto/client/functions.ts';
import { numberOf, objectOf, type Row, textOf, timeOf } from '../../kusto/client/rows.ts';
import type { Lookup } from '../lookups/lookup.ts';
import { findingsInAnyRow, projectNames, unknownProject } from './parts.ts';

const noSettings: ProjectSettings = {
  Services: [],
  Environments: [],
  MetadataRepositories: [],
  ManifestRepositories: [],
};

export const settingsLookup: Lookup<ProjectKey, SavedSettings> = {
  name: 'settings',
  warmUp: settingsCall({ organization: '-', project: '-' }),
  read: readProjectKey,
  cacheKey: settingsCacheKey,
  call: settingsCall,
  // Whether anything else is known of the project does not matter: settings may come first.
  findingsIn: (rows) => findingsInAnyRow(rows.length > 0 ? rows : [{}]),
  projectOf: (key) => key,
  result(key, findings) {
    return findings.kind === 'found'
      ? { kind: 'found', body: savedSettingsOf(key, findings.row) }
      : unknownProject(key);
  },
};

export function settingsCall({ organization, project }: ProjectKey): FunctionCall {
  return getProjectSettings.call({ AdoOrganizationName: organization, AdoProjectId: project });
}

export function settingsCacheKey({ organization, project }: ProjectKey): string {
  return `settings ${organization}/${project}`;
}

/** Settings from a row; whoever may write to the table may have written anything. */
export function savedSettingsOf(key: ProjectKey, row: Row): SavedSettings {
  const { body } = readSavedSettings({
    ...projectNames(key),
    Version: numberOf(row, 'Version') ?? 0,
    SavedBy: textOf(row, 'SavedBy'),
    SavedTime: timeOf(row, 'SavedTime'),
    Settings: { ...noSettings, ...objectOf(row, 'Settings') },
  });
  return body;
}
