/** Rows to ask about: a table, and operators behind it whose answer does not depend on chance. */
import type { Column, ScalarType } from '../../../../kusto/engine/catalog.ts';
import { columnsFrom, type TestTable } from '../kql.ts';
import type { Draw } from './draw.ts';
import { columnsOfType, conditionOf, expressionOf, KEYS, literalOf } from './expressions.ts';

/** A query with the columns of its result. */
export interface Rows {
  readonly text: string;
  readonly columns: readonly Column[];
}

export class RowsGenerator {
  readonly #draw: Draw;
  readonly #tables: readonly Rows[];
  #names = 0;

  constructor(draw: Draw, tables: Readonly<Record<string, TestTable>>) {
    this.#draw = draw;
    this.#tables = Object.entries(tables).map(([text, table]) => ({
      text,
      columns: columnsFrom(table.columns),
    }));
  }

  /** @param operators how many at most are behind the table */
  rows(operators = 3): Rows {
    let rows = this.#draw.pick(this.#tables);
    for (let count = this.#draw.below(operators + 1); count > 0; count--) rows = this.#after(rows);
    return rows;
  }

  /** A name that no column has. */
  name(): string {
    this.#names += 1;
    return `c${this.#names}`;
  }

  /** The rows with all of their columns called otherwise. */
  renamed({ text, columns }: Rows): Rows {
    const fresh = columns.map(({ type }) => ({ name: this.name(), type }));
    const pairs = fresh.map(({ name }, index) => `${name} = ${columns[index]?.name}`);
    return { text: `${text} | project ${pairs.join(', ')}`, columns: fresh };
  }

  #after(rows: Rows): Rows {
    const draw = this.#draw;
    switch (draw.below(9)) {
      case 0:
      case 1:
        return { ...rows, text: `${rows.text} | where ${conditionOf(rows.columns, draw)}` };
      case 2:
        return this.#extended(rows);
      case 3: {
        const columns = draw.some(rows.columns);
        return { text: `${rows.text} | project ${namesOf(columns)}`, columns };
      }
      case 4:
        return this.#summarized(rows);
      case 5:
        return this.#joined(rows);
      case 6:
        return this.#united(rows);
      case 7:
        return this.#expanded(rows);
      default:
        return this.#numbered(rows);
    }
  }

  #extended({ text, columns }: Rows): Rows {
    const type = this.#draw.pick<ScalarType>(['string', 'long', 'real', 'datetime', 'bool', 'dynamic']);
    const name = this.name();
    const made = `${text} | extend ${name} = ${expressionOf(type, columns, this.#draw)}`;
    return { text: made, columns: [...columns, { name, type }] };
  }

  #summarized(rows: Rows): Rows {
    const keys = rows.columns.filter(({ type }) => KEYS.includes(type));
    if (keys.length === 0) return rows;
    const by = this.#draw.some(keys).slice(0, 2);
    const numbers = columnsOfType(rows.columns, 'long');
    const number = numbers.length > 0 ? this.#draw.pick(numbers) : '1';
    const columns = [this.name(), this.name(), this.name()].map((name) => ({ name, type: 'long' as const }));
    const [count, sum, most] = columns.map(({ name }) => name);
    const aggregates = `${count} = count(), ${sum} = sum(${number}), ${most} = max(${number})`;
    return { text: `${rows.text} | summarize ${aggregates} by ${namesOf(by)}`, columns: [...by, ...columns] };
  }

  #joined(rows: Rows): Rows {
    const right = this.renamed(this.rows(1));
    const type = this.#draw.pick<ScalarType>(['string', 'long']);
    const [left] = columnsOfType(rows.columns, type);
    const [other] = columnsOfType(right.columns, type);
    if (!left || !other) return rows;
    const kind = this.#draw.pick(['inner', 'leftouter', 'rightouter', 'fullouter', 'leftsemi', 'leftanti']);
    const on = `on $left.${left} == $right.${other}`;
    const keepsLeft = kind === 'leftsemi' || kind === 'leftanti';
    return {
      text: `${rows.text} | join kind=${kind} (${right.text}) ${on}`,
      columns: keepsLeft ? rows.columns : [...rows.columns, ...right.columns],
    };
  }

  #united(rows: Rows): Rows {
    const other = this.rows(1);
    const values = rows.columns.map(({ name, type }) => {
      const same = columnsOfType(other.columns, type);
      return `${name} = ${same.length > 0 ? this.#draw.pick(same) : literalOf(type, this.#draw)}`;
    });
    return { ...rows, text: `${rows.text} | union (${other.text} | project ${values.join(', ')})` };
  }

  #expanded(rows: Rows): Rows {
    const arrays = columnsOfType(rows.columns, 'dynamic').filter((name) => name === 'tags');
    const [array] = arrays;
    if (!array) return rows;
    const name = this.name();
    return {
      text: `${rows.text} | mv-expand ${name} = ${array} to typeof(string)`,
      columns: [...rows.columns, { name, type: 'string' }],
    };
  }

  /** Numbers in an order of all columns: rows that are equal in all get numbers in a row. */
  #numbered(rows: Rows): Rows {
    if (rows.columns.some(({ type }) => type === 'dynamic')) return rows;
    const name = this.name();
    return {
      text: `${rows.text} | sort by ${namesOf(rows.columns)} | extend ${name} = row_number()`,
      columns: [...rows.columns, { name, type: 'long' }],
    };
  }
}

export function namesOf(columns: readonly Column[]): string {
  return columns.map(({ name }) => name).join(', ');
}
