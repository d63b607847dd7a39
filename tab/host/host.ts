/** Everything that a page needs from Azure DevOps. Tests replace it with another host. */

import { type CurrentBuild, watchBuild } from './current-build.ts';
import { connectToHost, type HostPage, reportLoaded } from './handshake.ts';
import { readAddress, writeAddress } from './host-address.ts';
import { readService, type Service } from './service.ts';
import { type SignIn, signInTo } from './sign-in.ts';

export interface Host {
  connect(): Promise<HostPage>;
  reportLoaded(): void;
  watchBuild(onBuild: (build: CurrentBuild | undefined) => void): Promise<void>;
  readService(): Promise<Service | undefined>;
  readAddress(): Promise<Record<string, string>>;
  writeAddress(parameters: Readonly<Record<string, string>>): Promise<void>;
  /** How the user proves who they are to a service that gets a token. */
  signInTo(service: Service): Promise<SignIn>;
}

/** The real host, through the SDK of Azure DevOps. */
export const azureDevOps: Host = {
  connect: connectToHost,
  reportLoaded,
  watchBuild,
  readService,
  readAddress,
  writeAddress,
  signInTo,
};
