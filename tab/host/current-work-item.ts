/**
 * Which work item the form shows. The form keeps the frame and shows other items in it; it calls what the page has
 * registered under the name of its contribution.
 */
import * as SDK from 'azure-devops-extension-sdk';
import { strings } from '../strings.ts';
import { withTimeLimit } from './time-limit.ts';

/** `new` has no number before it is saved; `none` is a form that shows no item any more. */
export type CurrentWorkItem =
  | { readonly kind: 'new' | 'none' }
  | { readonly kind: 'saved'; readonly id: number };

interface WorkItemFormService {
  getId(): PromiseLike<unknown>;
}

/** Calls back with the work item of the form, and again when it shows another one or saves a new one. */
export async function watchWorkItem(onItem: (item: CurrentWorkItem) => void): Promise<void> {
  let named = false;
  const show = (item: CurrentWorkItem) => {
    named = true;
    onItem(item);
  };
  SDK.register(SDK.getContributionId(), {
    onLoaded: (loaded: unknown) => show(itemIn(loaded)),
    onSaved: (saved: unknown) => show(itemIn(saved)),
    onUnloaded: () => show({ kind: 'none' }),
  });
  const form = await withTimeLimit(
    strings.host.workItem,
    SDK.getService<WorkItemFormService>('ms.vss-work-web.work-item-form'),
  );
  const id = await withTimeLimit(strings.host.workItem, form.getId());
  // What the form has reported meanwhile is newer.
  if (!named) show(itemOf(id));
}

function itemIn(event: unknown): CurrentWorkItem {
  return itemOf(typeof event === 'object' && event !== null && 'id' in event ? event.id : undefined);
}

/** The form numbers new items 0 or below. */
function itemOf(value: unknown): CurrentWorkItem {
  const id = Number(value);
  return Number.isSafeInteger(id) && id > 0 ? { kind: 'saved', id } : { kind: 'new' };
}
