/** Everything that the build results page needs from Azure DevOps. Tests replace it with another host. */

import { type CurrentBuild, watchBuild } from './current-build.ts';
import { connectToHost, type HostPage, reportLoaded } from './handshake.ts';
import { readAddress, writeAddress } from './host-address.ts';
import { readService, type Service } from './service.ts';
import { appToken } from './tokens.ts';

export interface Host {
  connect(): Promise<HostPage>;
  reportLoaded(): void;
  watchBuild(onBuild: (build: CurrentBuild | undefined) => void): Promise<void>;
  readService(): Promise<Service | undefined>;
  readAddress(): Promise<Record<string, string>>;
  writeAddress(parameters: Readonly<Record<string, string>>): Promise<void>;
  appToken(): Promise<string>;
}

/** The real host, through the SDK of Azure DevOps. */
export const azureDevOps: Host = {
  connect: connectToHost,
  reportLoaded,
  watchBuild,
  readService,
  readAddress,
  writeAddress,
  appToken,
};
