/**
 * What every resource of a type must say. A property that is left out by mistake is no error to Azure: its default holds,
 * such as that of a firewall or of a retention, and nothing else here would see it.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { Problem } from './problem.ts';

/** Paths by type of resources, or by `template: type` for those of one template alone: `a/b` is in an object, `a[]/b` in every item of a list. */
type Shapes = Readonly<Record<string, readonly string[]>>;

const shapes: Shapes = JSON.parse(readFileSync(path.join(import.meta.dirname, 'shapes.json'), 'utf8'));

/** Types of resources that are described. */
export const shapedTypes: readonly string[] = Object.keys(shapes).map((key) => key.replace(/^[\w-]+: /, ''));

/** Checks the resources of a template. */
export function checkShapes(name: string, { resources }: JsonObject): Problem[] {
  const list = Array.isArray(resources) ? resources.filter(isObject) : [];
  return list.flatMap((resource, index) => {
    const place = `arm/${name}.json: resources[${index}]`;
    const shape = shapes[`${resource.type}`];
    if (!shape) return [{ place, message: `infra/check/shapes.json does not say what ${resource.type} has` }];
    return [...shape, ...(shapes[`${name}: ${resource.type}`] ?? [])]
      .filter((needed) => !has(resource, needed))
      .map((needed) => ({ place, message: `${needed} is missing` }));
  });
}

/** An expression may give anything. */
function has(value: Json, needed: string): boolean {
  if (needed === '' || typeof value === 'string') return true;
  const [, key = '', isList, rest = ''] = /^([^/[]+)(\[\])?\/?(.*)$/.exec(needed) ?? [];
  const inner = isObject(value) ? value[key] : undefined;
  if (inner === undefined) return false;
  if (isList === undefined || typeof inner === 'string') return has(inner, rest);
  return Array.isArray(inner) && inner.every((item: Json) => has(item, rest));
}
