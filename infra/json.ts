/** JSON values, and walks through them. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is an object and not a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Calls `visit` with every text in a value, keys left out, and the path that leads to it. */
export function visitTexts(
  value: Json,
  visit: (text: string, path: readonly string[]) => void,
  path: readonly string[] = [],
): void {
  if (typeof value === 'string') visit(value, path);
  else if (Array.isArray(value))
    value.forEach((item: Json, index) => {
      visitTexts(item, visit, [...path, `${index}`]);
    });
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) visitTexts(item, visit, [...path, key]);
}

/** The same value with every text replaced by what `change` makes of it. */
export function mapTexts(value: Json, change: (text: string) => Json): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item: Json) => mapTexts(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}

/** Every object in a value, itself included. */
export function mappingsIn(value: Json): JsonObject[] {
  return [...everything(value)].filter(isObject);
}

/** Every text in a value, keys left out. */
export function textsIn(value: Json): string[] {
  return [...everything(value)].flatMap((one) => (typeof one === 'string' ? [one] : []));
}

function* everything(value: Json): Generator<Json> {
  yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const item of Object.values<Json>(value)) yield* everything(item);
}
