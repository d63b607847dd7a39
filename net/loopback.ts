/** Recognises this machine in an address, since plain http is safe only if it stays here. */

/** Whether a host name or IP address is this machine: `localhost`, `127.0.0.0/8` or `::1`, with or without brackets. */
export function isLoopback(host: string): boolean {
  return /^(localhost|\[::1\]|::1|127(\.\d{1,3}){3})$/i.test(host);
}

/** Whether a token may be sent to a URL: over https, or over plain http to this machine. */
export function isSafeForTokens({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
