/**
 * Saves settings of projects: a row of the table ProjectSettings for each version, and none is ever changed, so the
 * table is their history. Of two rows with the same version the earlier counts (see ProjectSettings.kql), so whoever
 * saves reads back which one that is.
 */
import { randomInt } from 'node:crypto';
import type { ProjectSettings, SavedSettings } from '../../api/introspection/contract.ts';
import type { ProjectKey } from '../../api/keys.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { sleep } from '../../net/sleep.ts';
import { savedSettingsOf, settingsCall } from './settings.ts';

/** Settings that somebody wants to save. */
export interface NewSettings {
  /** The version that they replace. */
  readonly version: number;
  readonly settings: ProjectSettings;
  readonly savedBy: string;
}

/** `unconfirmed`: written, but not yet to be read. */
export type Saving =
  | { readonly kind: 'saved'; readonly saved: SavedSettings }
  | { readonly kind: 'conflict'; readonly current: SavedSettings }
  | { readonly kind: 'unconfirmed' };

/** All columns of the table in its order: rows are ingested by position. */
const columns = ['OrganizationName', 'ProjectId', 'Version', 'SavedBy', 'SavedTime', 'Settings'];

const confirmTries = 10;
const confirmPauseMs = 200;

export interface SettingsStoreOptions {
  readonly traceId: string;
  readonly caller: string | undefined;
  /** Limit of each query. */
  readonly timeoutMs: number;
}

/** The settings that count now. @throws KustoError */
export async function currentSettings(
  kusto: KustoClient,
  key: ProjectKey,
  options: SettingsStoreOptions,
): Promise<SavedSettings> {
  const { text, parameters } = settingsCall(key);
  const [row = {}] = await kusto.query(text, parameters, { interactive: true, newest: true, ...options });
  return savedSettingsOf(key, row);
}

/** Saves settings if the version that they replace is the current one. @throws KustoError */
export async function saveSettings(
  kusto: KustoClient,
  key: ProjectKey,
  { version, settings, savedBy }: NewSettings,
  options: SettingsStoreOptions,
): Promise<Saving> {
  const before = await currentSettings(kusto, key, options);
  if (before.Version !== version) return { kind: 'conflict', current: before };
  // The last digits tell apart two versions of one millisecond.
  const digits = String(randomInt(10_000)).padStart(4, '0');
  const savedTime = `${new Date().toISOString().slice(0, -1)}${digits}Z`;
  const row = {
    OrganizationName: key.organization.toLowerCase(),
    ProjectId: key.project.toLowerCase(),
    Version: version + 1,
    SavedBy: savedBy,
    SavedTime: savedTime,
    Settings: settings,
  };
  await kusto.ingest('ProjectSettings', columns, [row]);
  for (let tries = 0; tries < confirmTries; tries++) {
    const current = await currentSettings(kusto, key, options);
    if (current.Version > version) {
      const isOurs =
        current.Version === version + 1 && current.SavedTime === savedTime && current.SavedBy === savedBy;
      return isOurs ? { kind: 'saved', saved: current } : { kind: 'conflict', current };
    }
    await sleep(confirmPauseMs);
  }
  return { kind: 'unconfirmed' };
}
