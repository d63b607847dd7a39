/**
 * What must not stand in a template: regions, ids, secrets, addresses, and names that are not of the convention. And the
 * API version of every resource and reference, which is that of infra/api-versions.json.
 */
import { type Expression, isExpression, parseExpression, visitExpression } from '../expressions/parse.ts';
import { isObject, type Json, type JsonObject, visitTexts } from '../json.ts';
import type { Sources } from '../sources.ts';
import type { Problem } from './problem.ts';

/** Parts of names that Azure prescribes. */
const prescribed = ['default', 'appsettings', 'slotConfigNames', 'ftp', 'scm'];
const guidPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const hostPattern = /\.(?:azurewebsites|azurefd|azure|windows|microsoftonline|visualstudio)\.(?:net|com)\b/i;
const secretPattern =
  /(?:AccountKey|SharedAccessSignature|SharedAccessKey|InstrumentationKey|Password|sig)=/i;
const secretKey = /(?:password|secret|accountkey|sharedkey|connectionstring|token)$/i;

/** Checks a template. */
export function checkLiterals(name: string, template: JsonObject, sources: Sources): Problem[] {
  const place = `arm/${name}.json`;
  const resources = Array.isArray(template.resources) ? template.resources : [];
  return [
    ...textProblems(template, place, sources),
    ...resources.flatMap((resource: Json, index) =>
      isObject(resource) ? resourceProblems(resource, `${place}: resources[${index}]`, sources) : [],
    ),
    ...secretProblems(template, place),
  ];
}

function textProblems(template: JsonObject, place: string, { naming }: Sources): Problem[] {
  const problems: Problem[] = [];
  visitTexts({ ...template, $schema: '' }, (text, path) => {
    // Descriptions are for people.
    if (path.at(-1) === 'description') return;
    const at = `${place}: ${path.join('.')}`;
    for (const literal of literalsOf(text)) {
      if (Object.keys(naming.regions).includes(literal.toLowerCase().replaceAll(' ', '')))
        problems.push({ place: at, message: `the region ${literal} belongs in infra/environments` });
      if (guidPattern.test(literal))
        problems.push({ place: at, message: 'an id belongs in infra/roles.json or infra/environments' });
      if (hostPattern.test(literal))
        problems.push({ place: at, message: 'an address belongs in the hosts of infra/naming.json' });
      if (secretPattern.test(literal)) problems.push({ place: at, message: 'a secret belongs in Key Vault' });
    }
  });
  return problems;
}

function resourceProblems(resource: JsonObject, place: string, { apiVersions }: Sources): Problem[] {
  const problems: Problem[] = [];
  const { type, apiVersion, name, location } = resource;
  const expected = apiVersions[`${type}`];
  if (expected === undefined)
    problems.push({ place, message: `infra/api-versions.json has no line for ${type}` });
  else if (apiVersion !== expected)
    problems.push({ place, message: `apiVersion must be ${expected}, as infra/api-versions.json says` });
  if (location !== undefined && location !== 'global' && location !== "[parameters('location')]")
    problems.push({ place, message: 'location must be that of the deployment, or global' });
  if (typeof name === 'string') problems.push(...nameProblems(name, place));
  visitTexts(resource, (text) => {
    if (isExpression(text)) problems.push(...referenceVersionProblems(text, place, apiVersions));
  });
  return problems;
}

function nameProblems(name: string, place: string): Problem[] {
  const message = 'the name is not of the convention: it must come from parameters(names)';
  const expression = parsed(name);
  if (!expression) return [{ place, message }];
  if (expression.kind === 'call' && expression.name === 'guid') return [];
  const literals = nameParts(expression).flatMap((text) => text.split('/'));
  const strange = literals.filter((part) => !/^\{\d\}$/.test(part) && !prescribed.includes(part));
  let usesNames = false;
  visitExpression(expression, (part) => {
    if (part.kind === 'property' && part.of.kind === 'call' && part.of.name === 'parameters')
      usesNames = true;
  });
  return usesNames && strange.length === 0 ? [] : [{ place, message }];
}

/** Texts of an expression that become part of its value. */
function nameParts(expression: Expression): string[] {
  switch (expression.kind) {
    case 'text':
      return [expression.value];
    case 'number':
      return [];
    case 'property':
      return nameParts(expression.of);
    case 'item':
      return nameParts(expression.of);
    case 'call':
      return ['equals', 'parameters', 'variables'].includes(expression.name)
        ? []
        : expression.arguments
            .filter((part, index) => !(index > 0 && fillsConvention(expression.arguments) && isItem(part)))
            .flatMap(nameParts);
  }
}

/** Whether a format is a pattern of the convention, whose item a template may name. */
function fillsConvention([pattern]: readonly Expression[]): boolean {
  return (
    pattern?.kind === 'property' &&
    pattern.of.kind === 'call' &&
    pattern.of.arguments.some((argument) => argument.kind === 'text' && argument.value === 'names')
  );
}

function isItem(part: Expression): boolean {
  return part.kind === 'text' && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(part.value);
}

/** A reference to another resource names an API version too. */
function referenceVersionProblems(
  text: string,
  place: string,
  apiVersions: Readonly<Record<string, string>>,
): Problem[] {
  const expression = parsed(text);
  const problems: Problem[] = [];
  if (!expression) return problems;
  visitExpression(expression, (part) => {
    if (part.kind !== 'call' || part.name !== 'reference') return;
    const [id, version] = part.arguments;
    const type = id?.kind === 'call' ? id.arguments.find(isType) : undefined;
    const expected = type?.kind === 'text' ? apiVersions[type.value] : undefined;
    if (version?.kind !== 'text' || version.value !== expected)
      problems.push({ place, message: `a reference must name the API version ${expected}` });
  });
  return problems;
}

function isType(expression: Expression): boolean {
  return expression.kind === 'text' && expression.value.includes('/');
}

function secretProblems(template: JsonObject, place: string): Problem[] {
  const problems: Problem[] = [];
  const visit = (value: Json, path: readonly string[]): void => {
    if (Array.isArray(value))
      value.forEach((item: Json, index) => {
        visit(item, [...path, `${index}`]);
      });
    if (!isObject(value)) return;
    for (const [key, item] of Object.entries(value)) {
      const isLiteral = typeof item === 'string' && !isExpression(item);
      if (secretKey.test(key.replaceAll('_', '')) && isLiteral)
        problems.push({
          place: `${place}: ${[...path, key].join('.')}`,
          message: 'a secret belongs in Key Vault',
        });
      visit(item, [...path, key]);
    }
  };
  visit(template, []);
  if (/\blist(?:Keys|AccountSas)\(/i.test(JSON.stringify(template)))
    problems.push({ place, message: 'keys of accounts are not read: use an identity' });
  return problems;
}

/** The text, or the texts in it if it is an expression. */
function literalsOf(text: string): string[] {
  const expression = isExpression(text) ? parsed(text) : undefined;
  if (!expression) return [text];
  const literals: string[] = [];
  visitExpression(expression, (part) => {
    if (part.kind === 'text') literals.push(part.value);
  });
  return literals;
}

function parsed(text: string): Expression | undefined {
  try {
    return isExpression(text) ? parseExpression(text) : undefined;
  } catch {
    // checkTemplate reports it.
    return undefined;
  }
}
