/** What differs between two rendered targets, apart from what their names and places make different. */
import { isObject, type Json } from './json.ts';
import type { RenderedDeployment } from './render.ts';

export interface Difference {
  /** Deployment, type and name of the resource, and where in it. */
  readonly place: string;
  /** Undefined: it is not there. */
  readonly left: Json | undefined;
  readonly right: Json | undefined;
}

/** One side of a comparison. */
export interface Side {
  readonly deployments: readonly RenderedDeployment[];
  /** Words that mean the same on both sides, such as the name of the environment, and what to read for them. */
  readonly words: ReadonlyMap<string, string>;
}

/** The differences, in the order of the deployments. */
export function differences(left: Side, right: Side): Difference[] {
  const [before, after] = [flattened(left), flattened(right)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((resource) => {
    const [one, other] = [before.get(resource), after.get(resource)];
    // A resource that only one side has is one difference.
    if (!one || !other) return [{ place: resource, left: one && 'deployed', right: other && 'deployed' }];
    return [...new Set([...one.keys(), ...other.keys()])]
      .filter((place) => JSON.stringify(one.get(place)) !== JSON.stringify(other.get(place)))
      .map((place) => ({ place: resource + place, left: one.get(place), right: other.get(place) }));
  });
}

/** Every value of each resource by where in it it is. */
function flattened({ deployments, words }: Side): Map<string, Map<string, Json>> {
  const neutral = (text: string): string => {
    let result = text;
    for (const [word, meaning] of words) result = result.replaceAll(word, meaning);
    return result;
  };
  const add = (values: Map<string, Json>, place: string, value: Json): void => {
    if (Array.isArray(value) && value.length > 0)
      value.forEach((item: Json, index) => {
        add(values, `${place}[${index}]`, item);
      });
    else if (isObject(value) && Object.keys(value).length > 0)
      for (const [key, item] of Object.entries(value)) add(values, `${place}.${neutral(key)}`, item);
    else values.set(place, typeof value === 'string' ? neutral(value) : value);
  };
  const found = new Map<string, Map<string, Json>>();
  for (const { name, resources } of deployments)
    for (const { type, name: resource, body, isDeployed } of resources) {
      if (!isDeployed) continue;
      const values = new Map<string, Json>();
      add(values, '', body);
      found.set(`${name} ${type} ${neutral(resource)}`, values);
    }
  return found;
}
