/** Sends a request to a service without cookies, and without following redirects. */

/**
 * `fetch` for services. Redirects are errors: they would lead the request, and in some browsers the token, to an origin
 * that nobody has confirmed.
 */
export const send: typeof fetch = (input, init) =>
  fetch(input, { ...init, redirect: 'error', credentials: 'omit', referrerPolicy: 'no-referrer' });
