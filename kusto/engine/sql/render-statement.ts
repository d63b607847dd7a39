/**
 * Renders a plan as one SELECT. Every stage is asked for the columns that are needed above it, so what
 * is not read is never computed.
 */
import type { Expr, PlanColumn, QueryPlan } from '../plan/tree.ts';
import type { StagedStatement } from '../statement.ts';
import { aliased, type Block, isPlain, selectOf, sqlOf, wrap } from './block.ts';
import { type PrintedSql, printSql } from './print.ts';
import { PrivateNames } from './private-names.ts';
import { renderAggregate } from './render-aggregate.ts';
import { type Rendering, renderExpr } from './render-expression.ts';
import { renderJoin } from './render-join.ts';
import {
  renderDistinct,
  renderFilter,
  renderLimit,
  renderProject,
  renderSort,
  renderUnion,
  renderUnnest,
  renderWindow,
} from './render-operators.ts';
import { renderRange, renderRemote, renderScan, renderValues } from './render-sources.ts';
import { renderWalk } from './render-walk.ts';
import { SharedRows, type WantedColumns } from './shared-rows.ts';
import { quotedName, type SqlClause, type SqlExpression } from './sql-tree.ts';

type Needed = ReadonlySet<PlanColumn>;

/** A statement, and the same with early calls and in stages, where these make a difference. */
export interface RenderedStatement extends PrintedSql {
  readonly early?: PrintedSql;
  readonly staged?: StagedStatement;
}

/** The statement that gives `columns`, in that order. */
export function renderStatement(plan: QueryPlan, columns: readonly PlanColumn[]): RenderedStatement {
  const wanted: WantedColumns = new Map();
  for (;;) {
    const renderer = new Renderer(wanted);
    const { shared } = renderer;
    const statement = selectColumns(renderer, plan, columns);
    if (shared.wantsMore) continue;
    const whole = shared.before(statement);
    const printed = printSql(whole);
    const staged = shared.stages(statement, printed.sql, printed.slots);
    if (staged) return { ...printed, staged };
    const early = printSql(whole, { callsEarly: true });
    return early.slots.some(({ kind }) => kind === 'call') ? { ...printed, early } : printed;
  }
}

function selectColumns(renderer: Renderer, plan: QueryPlan, columns: readonly PlanColumn[]): SqlClause {
  const needed = new Set(columns);
  let block = renderer.render(plan, needed);
  // A DISTINCT counts all of its columns, so nothing may be left out or repeated beside it.
  if (block.distinct && block.columns.size !== columns.length)
    block = wrap(block, needed, renderer.names, { ordered: true });
  return selectOf(
    block,
    columns.map((column, index) => aliased(sqlOf(block, column), quotedName(`r${index}`))),
  );
}

class Renderer implements Rendering {
  readonly names = new PrivateNames();
  readonly shared: SharedRows;

  /** @param wanted what is known so far of shared rows */
  constructor(wanted: WantedColumns) {
    this.shared = new SharedRows(wanted);
  }

  expr(expr: Expr, block: Block): SqlExpression {
    return renderExpr(expr, block, this);
  }

  looksUp(keys: readonly SqlExpression[]): void {
    this.shared.index(keys);
  }

  /** A block that has at least the needed columns. */
  render(plan: QueryPlan, needed: Needed): Block {
    switch (plan.kind) {
      case 'scan':
        return renderScan(plan, this);
      case 'remote':
        return renderRemote(plan, needed, this, renderStatement);
      case 'values':
        return renderValues(plan, this);
      case 'range':
        return renderRange(plan, this);
      case 'shared':
        return this.shared.block(plan, needed, this);
      case 'filter':
        return renderFilter(plan, needed, this);
      case 'project':
        return renderProject(plan, needed, this);
      case 'distinct':
        return renderDistinct(plan, this);
      case 'aggregate':
        return renderAggregate(plan, needed, this);
      case 'join':
        return renderJoin(plan, needed, this);
      case 'union':
        return renderUnion(plan, needed, this);
      case 'sort':
        return renderSort(plan, needed, this);
      case 'limit':
        return renderLimit(plan, needed, this);
      case 'unnest':
        return renderUnnest(plan, needed, this);
      case 'window':
        return renderWindow(plan, needed, this);
      case 'walk':
        return renderWalk(plan, needed, this);
    }
  }

  /** A block with nothing but WHERE and ORDER BY, and a source. */
  plain(plan: QueryPlan, needed: Needed): Block {
    const block = this.render(plan, needed);
    return isPlain(block) && block.from !== undefined
      ? block
      : wrap(block, needed, this.names, { ordered: true });
  }
}
