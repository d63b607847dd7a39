/** Everything that the build results page asks of Azure DevOps: the seam where tests put another host. */
import { readAddress, writeAddress } from './address.ts';
import { connect, type HostPage, reportLoaded } from './connection.ts';
import { type CurrentBuild, watchBuild } from './current-build.ts';
import { readSettings, type Settings } from './settings.ts';
import { appToken } from './tokens.ts';

export interface Host {
  connect(): Promise<HostPage>;
  reportLoaded(): void;
  watchBuild(onBuild: (build: CurrentBuild | undefined) => void): Promise<void>;
  readSettings(): Promise<Settings | undefined>;
  readAddress(): Promise<Record<string, string>>;
  writeAddress(parameters: Readonly<Record<string, string>>): Promise<void>;
  appToken(): Promise<string>;
}

/** Azure DevOps itself, through its SDK. */
export const azureDevOps: Host = {
  connect,
  reportLoaded,
  watchBuild,
  readSettings,
  readAddress,
  writeAddress,
  appToken,
};
