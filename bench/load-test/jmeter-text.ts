/**
 * The texts of a JMeter plan: `${name}` is a variable, `${__P(name,default)}` a property. JMeter has many more functions;
 * one that is not known here is refused, never passed on as text.
 */

export type Values = ReadonlyMap<string, string>;

/** A text needs what is not there. */
export class JmeterTextError extends Error {}

/**
 * Fills in a text.
 *
 * @param variables of the plan and of its data
 * @param properties such as JMeter takes with `-J`
 * @throws JmeterTextError
 */
export function filledText(text: string, variables: Values, properties: Values): string {
  let filled = '';
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('${', at);
    if (start < 0) return filled + text.slice(at);
    const end = closingBrace(text, start);
    filled += text.slice(at, start) + valueIn(text.slice(start + 2, end), variables, properties);
    at = end + 1;
  }
  return filled;
}

/** Where what begins with `${` at `start` ends. */
function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('${', at)) depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  throw new JmeterTextError(`"${text}" has no closing brace`);
}

function valueIn(inner: string, variables: Values, properties: Values): string {
  const [, name, list] = /^__(\w+)\((.*)\)$/s.exec(inner) ?? [];
  if (name === undefined) {
    const value = variables.get(inner);
    if (value === undefined) throw new JmeterTextError(`there is no variable "${inner}"`);
    return filledText(value, variables, properties);
  }
  const [argument = '', ...rest] = (list ?? '').split(',');
  if (name === 'GetSecret') {
    // A function of Azure Load Testing, which plain JMeter does not have.
    throw new JmeterTextError(
      `the property "${argument}" is needed: its secret is known to Azure Load Testing alone`,
    );
  }
  if (name !== 'P')
    throw new JmeterTextError(`"\${${inner}}" has a function that is not known here: only __P is`);
  const value = properties.get(argument);
  if (value !== undefined) return value;
  if (rest.length === 0) throw new JmeterTextError(`the property "${argument}" is needed`);
  return filledText(rest.join(','), variables, properties);
}
