/**
 * Reads a JMeter plan (5.x) so that it can be run without JMeter: what Azure Load Testing runs and what runs here and in
 * CI is one file. Elements and properties that are not known here are refused by name, because leaving one out would run
 * another plan.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { filledText, type Values } from './jmeter-text.ts';

/** A plan is not one that can be run here; the message names the element. */
export class PlanError extends Error {}

/** One kind of request. */
export interface Sampler {
  readonly name: string;
  /** Of a hundred iterations, how many send it. */
  readonly percent: number;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

export interface LoadPlan {
  readonly perSecond: number;
  readonly seconds: number;
  /** Requests under way at most. */
  readonly threads: number;
  readonly origin: string;
  readonly responseTimeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly samplers: readonly Sampler[];
  /** Of an answer that counts as a success. */
  readonly statuses: RegExp;
  readonly dataFile: string;
  /** The variables that its columns are. */
  readonly dataColumns: readonly string[];
}

/** An element with its properties; what it contains comes in the `hashTree` after it. */
interface Element {
  readonly tag: string;
  readonly name: string;
  readonly isEnabled: boolean;
  /** Texts as they are written; of a list, its texts; of elements within, theirs by `outer/inner`. */
  readonly properties: ReadonlyMap<string, string>;
  /** The `elementProp` in its lists, in order: arguments, headers. */
  readonly items: readonly ReadonlyMap<string, string>[];
  readonly children: readonly Element[];
}

/**
 * Reads a plan.
 *
 * @param xml the text of a `.jmx` file
 * @param given properties, such as `rate`; the plan has defaults for some
 * @throws PlanError, JmeterTextError
 */
export function readPlan(xml: string, given: Values): LoadPlan {
  const [plan, ...more] = elementsOf(xml);
  if (plan?.tag !== 'TestPlan' || more.length > 0) throw new PlanError('the plan must have one TestPlan');
  const variables = new Map(
    plan.items.map((item) => [textOf(item, 'Argument.name'), textOf(item, 'Argument.value')]),
  );
  const filled = (text: string): string => filledText(text, variables, given);
  const filledNumber = (element: Element, property: string): number => {
    const number = Number(filled(needed(element, property)));
    if (!(number > 0)) throw new PlanError(`${element.name}: ${property} must be a number above 0`);
    return number;
  };

  const parts = byTag(plan.children, ['ConfigTestElement', 'HeaderManager', 'CSVDataSet', 'ThreadGroup']);
  const inGroup = byTag(
    parts.ThreadGroup.children,
    ['PreciseThroughputTimer', 'ResponseAssertion'],
    ['ThroughputController'],
  );
  const { ConfigTestElement: defaults, CSVDataSet: data, ThreadGroup: group } = parts;
  const { PreciseThroughputTimer: timer, ResponseAssertion: assertion } = inGroup;
  const [host, port] = [
    filled(needed(defaults, 'HTTPSampler.domain')),
    filled(needed(defaults, 'HTTPSampler.port')),
  ];
  const protocol = filled(needed(defaults, 'HTTPSampler.protocol'));
  if (protocol !== 'http' && protocol !== 'https') throw new PlanError('the protocol must be http or https');
  const samplers = group.children.filter(({ tag }) => tag === 'ThroughputController').map(samplerOf);
  if (samplers.length === 0) throw new PlanError('the plan sends nothing');
  return {
    perSecond: filledNumber(timer, 'throughput') / filledNumber(timer, 'throughputPeriod'),
    seconds: filledNumber(group, 'ThreadGroup.duration'),
    threads: filledNumber(group, 'ThreadGroup.num_threads'),
    origin: new URL(`${protocol}://${host}:${port}`).origin,
    responseTimeoutMs: filledNumber(defaults, 'HTTPSampler.response_timeout'),
    headers: Object.fromEntries(
      parts.HeaderManager.items.map((item) => [
        textOf(item, 'Header.name'),
        filled(textOf(item, 'Header.value')),
      ]),
    ),
    samplers,
    statuses: statusesOf(assertion),
    dataFile: needed(data, 'filename'),
    dataColumns: needed(data, 'variableNames').split(','),
  };
}

/** One element of each tag; those of `many` may be there several times, and no others at all. */
function byTag<const Tag extends string>(
  elements: readonly Element[],
  tags: readonly Tag[],
  many: readonly string[] = [],
): Readonly<Record<Tag, Element>> {
  const unknown = elements.find(({ tag }) => !tags.some((known) => known === tag) && !many.includes(tag));
  if (unknown) throw new PlanError(`${unknown.tag} "${unknown.name}" is not an element that can be run here`);
  const one = (tag: Tag): readonly [Tag, Element] => {
    const [element, ...more] = elements.filter((candidate) => candidate.tag === tag);
    if (!element || more.length > 0) throw new PlanError(`there must be one ${tag}`);
    return [tag, element];
  };
  // Each tag has its entry.
  return Object.fromEntries(tags.map(one)) as Record<Tag, Element>;
}

/** A share of the iterations, with the one request in it. */
function samplerOf(share: Element): Sampler {
  if (needed(share, 'ThroughputController.style') !== '1')
    throw new PlanError(`${share.name}: only shares in percent can be run here`);
  const percent = Number(needed(share, 'ThroughputController.percentThroughput'));
  if (!(percent > 0 && percent <= 100))
    throw new PlanError(`${share.name}: the share must be above 0, up to 100`);
  const { HTTPSamplerProxy: sampler } = byTag(share.children, ['HTTPSamplerProxy']);
  return {
    name: sampler.name,
    percent,
    method: needed(sampler, 'HTTPSampler.method'),
    path: needed(sampler, 'HTTPSampler.path'),
    parameters: sampler.items.map((item) => [textOf(item, 'Argument.name'), textOf(item, 'Argument.value')]),
  };
}

/** The assertion on the code of an answer: it matches the whole of it. */
function statusesOf(assertion: Element): RegExp {
  const isOnCode = needed(assertion, 'Assertion.test_field') === 'Assertion.response_code';
  const isMatch = needed(assertion, 'Assertion.test_type') === '1';
  if (!isOnCode || !isMatch)
    throw new PlanError(`${assertion.name}: only the response code can be matched here`);
  return new RegExp(`^(?:${needed(assertion, 'Asserion.test_strings/0')})$`);
}

function needed({ tag, name, properties }: Element, property: string): string {
  const value = properties.get(property);
  if (value === undefined) throw new PlanError(`${tag} "${name}" has no ${property}`);
  return value;
}

function textOf(item: ReadonlyMap<string, string>, property: string): string {
  return item.get(property) ?? '';
}

/** A node as the parser gives it: its tag with its children, its attributes in `:@`, or a text. */
type Node = Readonly<Record<string, unknown>>;

const textTag = '#text';

function elementsOf(xml: string): readonly Element[] {
  const problem = XMLValidator.validate(xml);
  if (problem !== true) throw new PlanError(`not XML: ${problem.err.msg} in line ${problem.err.line}`);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: true,
  });
  const root = (parser.parse(xml) as readonly Node[]).find((node) => tagOf(node) === 'jmeterTestPlan');
  const [tree] = root ? childrenOf(root) : [];
  return treeOf(tree ? childrenOf(tree) : []);
}

/** Elements and their trees take turns. */
function treeOf(nodes: readonly Node[]): readonly Element[] {
  const elements: Element[] = [];
  nodes.forEach((node, index) => {
    if (tagOf(node) === 'hashTree') return;
    const next = nodes[index + 1];
    const children = next && tagOf(next) === 'hashTree' ? treeOf(childrenOf(next)) : [];
    const element = elementOf(node, children);
    if (element.isEnabled) elements.push(element);
  });
  return elements;
}

function elementOf(node: Node, children: readonly Element[]): Element {
  const properties = new Map<string, string>();
  const items: ReadonlyMap<string, string>[] = [];
  const visit = (nodes: readonly Node[], prefix: string): void => {
    for (const one of nodes) {
      const tag = tagOf(one);
      const name = attributeOf(one, 'name');
      if (tag === 'collectionProp') visit(childrenOf(one), `${prefix}${name}/`);
      else if (tag === 'elementProp') {
        const own = new Map<string, string>();
        for (const inner of childrenOf(one)) {
          if (tagOf(inner) === 'collectionProp') visit(childrenOf(inner), '');
          else own.set(attributeOf(inner, 'name'), textIn(inner));
        }
        if (['Argument', 'HTTPArgument', 'Header'].includes(attributeOf(one, 'elementType'))) items.push(own);
      } else if (name !== '') properties.set(prefix + name, textIn(one));
      else {
        // <FloatProperty><name>…</name><value>…</value></FloatProperty>
        const parts = new Map(childrenOf(one).map((part) => [tagOf(part), textIn(part)]));
        properties.set(parts.get('name') ?? '', parts.get('value') ?? '');
      }
    }
  };
  visit(childrenOf(node), '');
  return {
    tag: tagOf(node),
    name: attributeOf(node, 'testname'),
    isEnabled: attributeOf(node, 'enabled') !== 'false',
    properties,
    items,
    children,
  };
}

function tagOf(node: Node): string {
  return Object.keys(node).find((key) => key !== ':@') ?? '';
}

function childrenOf(node: Node): readonly Node[] {
  const children = node[tagOf(node)];
  return Array.isArray(children) ? children : [];
}

function attributeOf(node: Node, name: string): string {
  return String(Object(node[':@'])[name] ?? '');
}

function textIn(node: Node): string {
  const [only] = childrenOf(node);
  return String(only?.[textTag] ?? '');
}
