/** What can be said of a template by itself: its form, its parameters and variables, its expressions. */
import { templateFunctions } from '../expressions/functions.ts';
import { type Expression, isExpression, parseExpression, visitExpression } from '../expressions/parse.ts';
import { isObject, type Json, type JsonObject, visitTexts } from '../json.ts';
import type { Problem } from './problem.ts';

const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
const parts = ['$schema', 'contentVersion', 'metadata', 'parameters', 'variables', 'resources', 'outputs'];
const types = ['string', 'securestring', 'int', 'bool', 'object', 'secureobject', 'array'];

/** Checks a template. */
export function checkTemplate(name: string, template: JsonObject): Problem[] {
  const place = `arm/${name}.json`;
  const { found, problems } = expressionsOf(template, place);
  return [
    ...formProblems(template, place),
    ...problems,
    ...functionProblems(found),
    ...declarationProblems(template, found, place),
  ];
}

interface FoundExpression {
  readonly expression: Expression;
  readonly path: string;
}

function formProblems(template: JsonObject, place: string): Problem[] {
  const problems: Problem[] = [];
  const report = (message: string, where = place): void => {
    problems.push({ place: where, message });
  };
  if (template.$schema !== schema) report(`$schema must be ${schema}`);
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(`${template.contentVersion}`))
    report('contentVersion must be four numbers');
  for (const key of Object.keys(template))
    if (!parts.includes(key)) report(`${key} is no part of a template`);
  const { resources } = template;
  if (!Array.isArray(resources) || resources.length === 0) report('there are no resources');
  else
    resources.forEach((resource: Json, index) => {
      for (const key of ['type', 'apiVersion', 'name'])
        if (!isObject(resource) || typeof resource[key] !== 'string' || resource[key] === '')
          report(`${key} is missing`, `${place}: resources[${index}]`);
    });
  return problems;
}

function expressionsOf(
  template: JsonObject,
  place: string,
): { found: FoundExpression[]; problems: Problem[] } {
  const found: FoundExpression[] = [];
  const problems: Problem[] = [];
  visitTexts(template, (text, at) => {
    const path = `${place}: ${at.join('.')}`;
    if (!isExpression(text)) {
      if (/^\[(?!\[)/.test(text) || /(?:parameters|variables|resourceId)\('/.test(text))
        problems.push({ place: path, message: 'this looks like an expression, and has no closing bracket' });
      return;
    }
    try {
      found.push({ expression: parseExpression(text), path });
    } catch (error) {
      problems.push({ place: path, message: error instanceof Error ? error.message : String(error) });
    }
  });
  return { found, problems };
}

function functionProblems(found: readonly FoundExpression[]): Problem[] {
  const problems: Problem[] = [];
  for (const { expression, path } of found)
    visitExpression(expression, (part) => {
      if (part.kind !== 'call') return;
      const known = templateFunctions[part.name.toLowerCase()];
      const [least, most] = known?.takes ?? [0, 0];
      const count = part.arguments.length;
      if (!known) problems.push({ place: path, message: `there is no function ${part.name}` });
      else if (count < least || count > most)
        problems.push({ place: path, message: `${part.name} does not take ${count} arguments` });
    });
  return problems;
}

function declarationProblems(
  template: JsonObject,
  found: readonly FoundExpression[],
  place: string,
): Problem[] {
  const problems: Problem[] = [];
  for (const kind of ['parameters', 'variables'] as const) {
    const declared = isObject(template[kind]) ? template[kind] : {};
    const used = usesOf(kind, found);
    for (const name of Object.keys(declared))
      if (!used.has(name)) problems.push({ place: `${place}: ${kind}.${name}`, message: 'it is not used' });
    for (const [name, path] of used)
      if (!(name in declared)) problems.push({ place: path, message: `${kind}('${name}') is not declared` });
  }
  for (const [name, declaration] of Object.entries(
    isObject(template.parameters) ? template.parameters : {},
  )) {
    const at = `${place}: parameters.${name}`;
    const { type, metadata } = isObject(declaration) ? declaration : {};
    if (!types.includes(`${type}`.toLowerCase())) problems.push({ place: at, message: `${type} is no type` });
    const description = isObject(metadata) ? metadata.description : undefined;
    if (typeof description !== 'string' || !description.endsWith('.'))
      problems.push({ place: at, message: 'it has no description that is a sentence' });
  }
  return problems;
}

/** The names that a function is called with, and where first. */
function usesOf(called: string, found: readonly FoundExpression[]): Map<string, string> {
  const uses = new Map<string, string>();
  for (const { expression, path } of found)
    visitExpression(expression, (part) => {
      if (part.kind !== 'call' || part.name !== called) return;
      const [argument] = part.arguments;
      if (argument?.kind === 'text' && !uses.has(argument.value)) uses.set(argument.value, path);
    });
  return uses;
}
