/**
 * Lets the task sign in at its stand-in: the task sends secrets to hosts of Microsoft Entra only, so the requests to
 * one of them are led to the stand-in on loopback.
 */

export const entraUrl = 'https://login.microsoftonline.com';

/** `fetch` that leads requests to Entra to the stand-in. */
export function fetchWithEntraAt(standIn: string): typeof fetch {
  return (input, init) => fetch(String(input).replace(entraUrl, standIn), init);
}

/** The variable that does the same in a process of its own. */
export function environmentWithEntraAt(standIn: string): Record<string, string> {
  const code = `const send = globalThis.fetch; globalThis.fetch = (input, init) => send(String(input).replace(${JSON.stringify(entraUrl)}, ${JSON.stringify(standIn)}), init);`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}
