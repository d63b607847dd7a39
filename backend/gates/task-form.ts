/**
 * The body of the agentless task. Azure DevOps puts inputs into a body as they are, without escaping, so a quote, a
 * backslash or a line break in one of them breaks or changes JSON around it. The task therefore sends a form
 * (multipart/form-data, RFC 7578), whose values need no escaping: its boundary is the id of the task in its run,
 * which nobody knows when inputs are written. An input that has the boundary all the same yields a field that comes
 * twice, or text after the end, and both are refused.
 */
import type { Reading } from './reading.ts';

/** The fields of a form by name, in their order. */
export type FormFields = Readonly<Record<string, string>>;

const firstLine = /^--([0-9A-Za-z-]{8,70})\r?\n/;
const head = /^\r?\nContent-Disposition: form-data; name="([A-Za-z]{1,40})"\r?\n\r?\n/;

/** Whether a body is meant to be a form; everything else is JSON. */
export function isForm(body: string): boolean {
  return body.startsWith('--');
}

/** Reads a form, its first line giving the boundary. */
export function readForm(body: string): Reading<FormFields> {
  const [, boundary] = firstLine.exec(body) ?? [];
  if (boundary === undefined) return notForm('begins with "--" and is no form with a boundary');
  const [, ...parts] = `\n${body}`.split(`\n--${boundary}`);
  if (!/^--\s*$/.test(parts.pop() ?? '')) return notForm('has text after the end of its form, or no end');
  const fields: Record<string, string> = {};
  for (const part of parts) {
    const [start, name] = head.exec(part) ?? [];
    if (start === undefined || name === undefined) return notForm('has a part that is no field of a form');
    if (Object.hasOwn(fields, name)) return notForm(`has the field ${name} twice`);
    fields[name] = part.slice(start.length).replace(/\r$/, '');
  }
  return { value: fields };
}

function notForm(problem: string): Reading<FormFields> {
  return { mistakes: [{ target: 'body', message: problem }] };
}
