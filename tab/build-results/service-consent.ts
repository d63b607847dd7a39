/**
 * What the user has decided about a suggested service: kept for each origin, in the storage of the extension's own
 * origin, which no setting can reach. Another origin has no decision.
 */

export type Consent = 'confirmed' | 'refused';

const keyOf = (origin: string) => `deployments.service.${origin}`;

/** The decision about an origin; undefined if there is none, or if the browser gives the frame no storage. */
export function readConsent(origin: string): Consent | undefined {
  try {
    const stored = localStorage.getItem(keyOf(origin));
    return stored === 'confirmed' || stored === 'refused' ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a decision, or with undefined forgets it. Without storage, it holds as long as the page is open. */
export function writeConsent(origin: string, consent: Consent | undefined): void {
  try {
    if (consent) localStorage.setItem(keyOf(origin), consent);
    else localStorage.removeItem(keyOf(origin));
  } catch {
    // The page keeps the decision in its state.
  }
}
