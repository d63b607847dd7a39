/** Rows joined with others. */
import { columnsOfType, conditionOf } from '../expressions.ts';
import { namesOf } from '../rows.ts';
import { condition, isKey, others, type PairOf } from './subject.ts';

export const JOINS: Readonly<Record<string, PairOf>> = {
  'inner, and leftouter without the unmatched': (subject) => {
    const found = others(subject);
    if (!found) return undefined;
    const { right, on } = found;
    return [
      `@ | join kind=inner (${right.text}) ${on}`,
      `@ | join kind=leftouter (${right.text} | extend has_ = 1) ${on} | where has_ == 1 | project-away has_`,
    ];
  },
  'leftanti, and leftouter of the unmatched': (subject) => {
    const found = others(subject);
    if (!found) return undefined;
    const { right, on } = found;
    return [
      `@ | join kind=leftanti (${right.text}) ${on}`,
      `@ | join kind=leftouter (${right.text} | extend has_ = 1) ${on} | where isnull(has_) | project ${namesOf(subject.rows.columns)}`,
    ];
  },
  'leftsemi and leftanti make up all rows': (subject) => {
    const found = others(subject);
    if (!found) return undefined;
    const { right, on } = found;
    return [
      '@',
      `union (@ | join kind=leftsemi (${right.text}) ${on}), (@ | join kind=leftanti (${right.text}) ${on})`,
    ];
  },
  'leftsemi, and in': (subject) => {
    const found = others(subject);
    const { key } = subject;
    if (!found) return undefined;
    const { right, on, column } = found;
    return [
      `@ | where isnotnull(${key.name}) | join kind=leftsemi (${right.text}) ${on}`,
      `@ | where isnotnull(${key.name}) | where ${key.name} in ((${right.text} | where isnotnull(${column}) | project ${column}))`,
    ];
  },
  'leftanti, and !in': (subject) => {
    const found = others(subject);
    const { key } = subject;
    if (!found) return undefined;
    const { right, on, column } = found;
    return [
      `@ | where isnotnull(${key.name}) | join kind=leftanti (${right.text}) ${on}`,
      `@ | where isnotnull(${key.name}) | where ${key.name} !in ((${right.text} | where isnotnull(${column}) | project ${column}))`,
    ];
  },
  'fullouter, and its two halves': (subject) => {
    const found = others(subject);
    if (!found) return undefined;
    const { right, on } = found;
    return [
      `@ | join kind=fullouter (${right.text}) ${on}`,
      `union (@ | join kind=leftouter (${right.text}) ${on}), (@ | join kind=rightanti (${right.text}) ${on}) | project ${namesOf([...subject.rows.columns, ...right.columns])}`,
    ];
  },
  'rightouter, and leftouter from the other side': (subject) => {
    const found = others(subject);
    const { rows, key } = subject;
    if (!found) return undefined;
    const { right, on, column } = found;
    return [
      `@ | join kind=rightouter (${right.text}) ${on}`,
      `${right.text} | join kind=leftouter (@) on $left.${column} == $right.${key.name} | project ${namesOf([...rows.columns, ...right.columns])}`,
    ];
  },
  'innerunique and inner of keys that come once': (subject) => {
    const found = others(subject);
    const { key } = subject;
    if (!found) return undefined;
    const { right, on } = found;
    return [
      `@ | summarize m_ = count() by ${key.name} | join kind=innerunique (${right.text}) ${on}`,
      `@ | summarize m_ = count() by ${key.name} | join kind=inner (${right.text}) ${on}`,
    ];
  },
  'lookup, and leftouter': (subject) => {
    const found = others(subject);
    if (!found) return undefined;
    const { right, on, column } = found;
    return [
      `@ | lookup kind=leftouter (${right.text}) ${on}`,
      `@ | join kind=leftouter (${right.text}) ${on} | project-away ${column}`,
    ];
  },
  'where of the left side before and behind a join': (subject) => {
    const found = others(subject);
    if (!found) return undefined;
    const { right, on } = found;
    const [p, kind] = [condition(subject), subject.draw.pick(['inner', 'leftouter', 'leftsemi', 'leftanti'])];
    return [
      `@ | where ${p} | join kind=${kind} (${right.text}) ${on}`,
      `@ | join kind=${kind} (${right.text}) ${on} | where ${p}`,
    ];
  },
  'where of the right side before and behind a join': (subject) => {
    const found = others(subject);
    if (!found) return undefined;
    const { right, on } = found;
    const [p, kind] = [
      conditionOf(right.columns, subject.draw),
      subject.draw.pick(['inner', 'rightouter', 'rightsemi']),
    ];
    return [
      `@ | join kind=${kind} (${right.text} | where ${p}) ${on}`,
      `@ | join kind=${kind} (${right.text}) ${on} | where ${p}`,
    ];
  },
  'a join by two columns, and by one with the other compared behind it': (subject) => {
    const found = others(subject);
    const { rows, key } = subject;
    if (!found) return undefined;
    const { right, on } = found;
    const [more] = rows.columns.filter((column) => isKey(column) && column.type !== 'bool' && column !== key);
    const [other] = more ? columnsOfType(right.columns, more.type).slice(-1) : [];
    if (!more || !other) return undefined;
    return [
      `@ | where isnotnull(${more.name}) | join kind=inner (${right.text}) ${on}, $left.${more.name} == $right.${other}`,
      `@ | where isnotnull(${more.name}) | join kind=inner (${right.text}) ${on} | where ${more.name} == ${other}`,
    ];
  },
  'where behind an outer join, and behind what it has become': (subject) => {
    const found = others(subject);
    if (!found) return undefined;
    const { right, on } = found;
    const { draw, rows } = subject;
    const side = draw.pick([rows.columns, right.columns, [...rows.columns, ...right.columns]]);
    const p = conditionOf(side, draw);
    const joined = `@ | join kind=${draw.pick(['leftouter', 'rightouter', 'fullouter'])} (${right.text}) ${on}`;
    return [`${joined} | where ${p}`, `let m_ = materialize(${joined}); m_ | where ${p}`];
  },
  'the count of a join, and the products of counts': (subject) => {
    const found = others(subject);
    const { key } = subject;
    if (!found) return undefined;
    const { right, on, column } = found;
    return [
      `@ | join kind=inner (${right.text}) ${on} | summarize n = count() by ${key.name}`,
      `@ | summarize a_ = count() by ${key.name} | join kind=inner (${right.text} | summarize b_ = count() by ${column}) ${on} | project ${key.name}, n = a_ * b_`,
    ];
  },
};
