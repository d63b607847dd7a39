/** The channel of the SDK, imported by path because its package does not export it. */
declare module '*/azure-devops-extension-sdk/esm/XDM.js' {
  interface Channel {
    getObjectRegistry(): { register(id: string, instance: object): void };
    invokeRemoteMethod(method: string, instance: string, parameters: unknown[]): Promise<unknown>;
  }
  export const channelManager: {
    addChannel(target: Window, origin: string): Channel;
    removeChannel(channel: Channel): void;
  };
}
