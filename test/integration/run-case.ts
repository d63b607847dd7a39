/** Runs one case: fills in its values, sends its requests, and compares the answer. */
import type { CaseRequest, IntegrationCase } from './case.ts';
import type { Environment } from './environment.ts';
import { type Answer, mistakesOf } from './matchers.ts';

export type CaseResult =
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'failed'; readonly mistakes: readonly string[] }
  | { readonly outcome: 'skipped'; readonly reason: string };

/** A value that an environment does not have. */
class MissingValueError extends Error {}

/** Runs a case. Never throws: whatever goes wrong is a mistake of the case. */
export async function runCase(one: IntegrationCase, environment: Environment): Promise<CaseResult> {
  if (one.environments === 'embedded' && !environment.isEmbedded)
    return { outcome: 'skipped', reason: 'for the embedded environment only' };
  try {
    const headers = await environment.headersOf(one.caller);
    if (!headers) return { outcome: 'skipped', reason: `no token of the caller "${one.caller}"` };
    const values: Record<string, string> = { ...environment.values };
    if (one.first) {
      const answer = await send(environment, filled(one.first.request, values), headers);
      if (answer.status >= 300)
        return { outcome: 'failed', mistakes: [`the first request was answered with ${answer.status}`] };
      for (const [name, place] of Object.entries(one.first.keep ?? {})) values[name] = valueAt(answer, place);
    }
    const answer = await send(environment, filled(one.request, values), headers);
    const mistakes = mistakesOf(answer, filled(one.expect, values));
    return mistakes.length === 0 ? { outcome: 'passed' } : { outcome: 'failed', mistakes };
  } catch (error) {
    if (error instanceof MissingValueError) return { outcome: 'skipped', reason: error.message };
    const { message, cause } = Object(error);
    return { outcome: 'failed', mistakes: [`no answer: ${Object(cause).message ?? message}`] };
  }
}

/** Replaces `{{name}}` and `{{x*1000}}` in all texts. */
function filled<T>(part: T, values: Readonly<Record<string, string>>): T {
  const fill = (text: string): string =>
    text.replace(/\{\{(?:(\w+)|(.)\*(\d+))\}\}/gu, (_all, name, character, times) => {
      if (name === undefined) return String(character).repeat(Number(times));
      const value = values[name];
      if (value === undefined) throw new MissingValueError(`no value "${name}"`);
      return value;
    });
  // The texts of any JSON value are filled in, and nothing else changes, so it is what it was.
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') return fill(value);
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item)]));
  };
  return visit(part) as T;
}

async function send(
  { url, longestAnswerMs }: Environment,
  { method = 'GET', path, query = {}, headers = {}, body }: CaseRequest,
  caller: Readonly<Record<string, string>>,
): Promise<Answer> {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] satisfies [string, string]),
  );
  const search = pairs.length === 0 ? '' : `${path.includes('?') ? '&' : '?'}${new URLSearchParams(pairs)}`;
  const isText = typeof body === 'string';
  const response = await fetch(`${url}${path}${search}`, {
    method,
    headers: {
      ...(!isText && body !== undefined && { 'content-type': 'application/json' }),
      ...caller,
      ...headers,
    },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(longestAnswerMs),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function valueAt({ headers, text }: Answer, place: { header: string } | { body: string }): string {
  if ('header' in place) {
    const value = headers.get(place.header);
    if (value === null) throw new Error(`the first answer has no header ${place.header}`);
    return value;
  }
  const value = place.body
    .slice(1)
    .split('/')
    .reduce<unknown>((object, name) => Object(object)[name], JSON.parse(text));
  if (value === undefined || value === null) throw new Error(`the first answer has no ${place.body}`);
  return String(value);
}
