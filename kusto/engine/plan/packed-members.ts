/**
 * Members of a bag that `bag_pack` has just packed: `let x = toscalar(... | project bag_pack('a', a, 'b', b))`, then `x.a`.
 * Each becomes a column beside the bag, so that what a query reads is neither packed nor unpacked, and the bag itself is
 * not made if nothing reads it whole.
 */
import { MEMBER_TIME, MEMBER_VALUE, PATH, pathStep } from '../functions/dynamics.ts';
import { call, isNullable, literal, typeOf } from './expression.ts';
import type { Expr, Output, PackedMember, PlanColumn, QueryPlan } from './tree.ts';

type ScalarQuery = Extract<Expr, { kind: 'scalarQuery' }>;
type Call = Extract<Expr, { kind: 'call' }>;

/** The plan of a scalar query whose columns are its value and then those of the members, and these by their keys. */
export function withMembers({ plan, column }: ScalarQuery): {
  readonly plan: QueryPlan;
  readonly columns: readonly PlanColumn[];
  readonly members: ReadonlyMap<string, PackedMember>;
} {
  const members = new Map<string, PackedMember>();
  const bag =
    plan.kind === 'project' ? plan.outputs.find((output) => output.column === column)?.expr : undefined;
  if (plan.kind !== 'project' || bag?.kind !== 'call' || !PACKS.has(bag.fn.name ?? ''))
    return { plan, columns: [column], members };
  const made: Output[] = [];
  const add = (expr: Expr): PlanColumn => {
    const own: PlanColumn = { name: '$member', type: typeOf(expr), nullable: isNullable(expr) };
    made.push({ column: own, expr });
    return own;
  };
  for (const [key, value] of pairsOf(bag)) {
    const packed = add(call(PATH, [asMember(value, bag), literal('$', 'string')], 'dynamic', bag.at));
    const typed = typeOf(value) === 'datetime' && add(call(MEMBER_TIME, [value], 'datetime', bag.at));
    members.set(key, { packed, ...(typed && { value: typed }) });
  }
  return {
    plan: { ...plan, outputs: [...plan.outputs, ...made] },
    columns: [column, ...made.map((output) => output.column)],
    members,
  };
}

/** A member of a bag that was packed, by a key that is written. */
export function packedMember(bag: Expr, key: Expr): Expr | undefined {
  if (bag.kind !== 'scalarQuery' || key.kind !== 'literal' || typeof key.value !== 'string') return undefined;
  const member = bag.members?.get(key.value);
  if (!member) return undefined;
  const { packed: column, value } = member;
  return { kind: 'scalarQuery', plan: bag.plan, column, ...(value && { value }) };
}

/** `to<type>()` of a member that was packed from that type: the value itself. */
export function unpacked(name: string, args: readonly Expr[]): Expr | undefined {
  const [member, ...others] = args;
  if (member?.kind !== 'scalarQuery' || others.length > 0 || !member.value) return undefined;
  return name === `to${member.value.type}`
    ? { kind: 'scalarQuery', plan: member.plan, column: member.value }
    : undefined;
}

const PACKS: ReadonlySet<string> = new Set(['bag_pack', 'pack', 'pack_dictionary']);

/** The values by the keys that are written; of a key that stands there twice, the last. */
function pairsOf({ args }: Call): ReadonlyMap<string, Expr> {
  const pairs = new Map<string, Expr>();
  for (let at = 0; at + 1 < args.length; at += 2) {
    const [key, value] = [args[at], args[at + 1]];
    // A key that is worked out may be the same as a written one.
    if (key?.kind !== 'literal' || typeof key.value !== 'string' || !value) return new Map();
    if (pathStep(key.value) !== undefined) pairs.set(key.value, value);
  }
  return pairs;
}

function asMember(value: Expr, { at }: Call): Expr {
  return typeOf(value) === 'dynamic' ? value : call(MEMBER_VALUE, [value], 'dynamic', at);
}
