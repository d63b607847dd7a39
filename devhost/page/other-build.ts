/** The form that opens a build which is not in the picker: any that the database knows. */
import { buildIdIn } from './page-address.ts';

export interface ChosenBuild {
  readonly organization: string;
  readonly project: string;
  readonly id: number;
}

/** Calls `open` for every build that is entered. The browser checks the fields first. */
export function fillOtherBuildForm(open: (build: ChosenBuild) => void): void {
  const details = document.getElementById('other-build');
  const form = details?.querySelector('form');
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    const text = (name: string) => String(fields.get(name) ?? '').trim();
    const id = buildIdIn(text('id'));
    if (id === undefined) return;
    details?.removeAttribute('open');
    open({ organization: text('organization'), project: text('project').toLowerCase(), id });
  });
}
