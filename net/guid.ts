/** The form of ids that Azure DevOps and Entra ID give out. */

const form = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether the text is a GUID in its usual form, with hyphens and without braces; case does not matter. */
export function isGuid(text: string): boolean {
  return form.test(text);
}
