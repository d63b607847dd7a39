/** The elements of the page that its script fills. */

export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** A list of options, each a value and its text. */
export function choice(id: string, options: readonly (readonly [string, string])[]): HTMLSelectElement {
  const select = element(id);
  if (!(select instanceof HTMLSelectElement)) throw new Error(`#${id} is not a select`);
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  return select;
}
