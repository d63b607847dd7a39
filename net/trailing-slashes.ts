/** Paths and addresses without the slashes at their end. A regular expression would try again at each of the slashes. */

/** `text` without the slashes at its end. */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end--;
  return text.slice(0, end);
}
