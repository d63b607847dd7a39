/** States and results of runs in words. Azure DevOps writes them as identifiers, such as `inProgress`. */

/** `in progress` for `inProgress`. */
export function stateInWords(identifier: string): string {
  return identifier.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
