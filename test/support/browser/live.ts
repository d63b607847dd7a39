/** Deployments that progress one step at a time under an open page, and pages that are hidden and shown. */
import type { Frame } from 'playwright-core';
import type { KustoClient } from '../../../kusto/client/client.ts';
import type { BuildName } from '../../../kusto/demo/events.ts';
import { progressDemo } from '../../../kusto/demo/progress.ts';

/** The demonstration of progress, one moment at a time. */
export function stepped(database: KustoClient, build?: BuildName) {
  let proceed: () => void = () => undefined;
  let reached: () => void = () => undefined;
  let free = false;
  let ended: Promise<void> | undefined;
  const wait = () => {
    reached();
    return free ? Promise.resolve() : new Promise<void>((resolve) => (proceed = resolve));
  };
  const step = async () => {
    const moment = new Promise<void>((resolve) => (reached = resolve));
    if (ended) proceed();
    else ended = progressDemo(database, { wait, ...(build && { build }) });
    await moment;
  };
  return {
    step,
    async toTheEnd() {
      free = true;
      proceed();
      await ended;
    },
  };
}

export async function setHidden(tab: Frame, hidden: boolean): Promise<void> {
  await tab.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

/** A page that is shown again asks at once. */
export async function refreshByShowing(tab: Frame): Promise<void> {
  await setHidden(tab, true);
  await setHidden(tab, false);
}
