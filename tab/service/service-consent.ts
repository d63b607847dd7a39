/**
 * What the user has decided about a suggested service: kept for each origin and kind of token that it gets, in the storage
 * of the extension's own origin, which no setting can reach. Another origin has no decision.
 */

import type { Service } from '../host/service.ts';

export type Consent = 'confirmed' | 'refused';

const keyOf = (subject: string) => `deployments.service.${subject}`;

/** What a decision is about: a service that got no token is confirmed again before it gets one. */
export function consentSubject({ url, entra }: Service): string {
  const { origin } = new URL(url);
  return entra ? `${origin} ${entra.audience}` : origin;
}

/** The decision about a service; undefined if there is none, or if the browser gives the frame no storage. */
export function readConsent(subject: string): Consent | undefined {
  try {
    const stored = localStorage.getItem(keyOf(subject));
    return stored === 'confirmed' || stored === 'refused' ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a decision, or with undefined forgets it. Without storage, it holds as long as the page is open. */
export function writeConsent(subject: string, consent: Consent | undefined): void {
  try {
    if (consent) localStorage.setItem(keyOf(subject), consent);
    else localStorage.removeItem(keyOf(subject));
  } catch {
    // The page keeps the decision in its state.
  }
}
