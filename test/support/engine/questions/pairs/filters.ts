/** Conditions, in several places and forms. */
import type { ScalarType } from '../../../../../kusto/engine/catalog.ts';
import { conditionOf, expressionOf } from '../expressions.ts';
import { condition, type PairOf } from './subject.ts';

export const FILTERS: Readonly<Record<string, PairOf>> = {
  'a condition, its opposite and the nulls make up all rows': (subject) => {
    const p = condition(subject);
    return ['@', `union (@ | where ${p}), (@ | where not(${p})), (@ | where isnull(${p}))`];
  },
  'where twice, and once with and': (subject) => {
    const [p, q] = [condition(subject), condition(subject)];
    return [`@ | where ${p} | where ${q}`, `@ | where (${q}) and (${p})`];
  },
  'where before and behind extend': (subject) => {
    const { rows, draw, generator } = subject;
    const [p, name] = [condition(subject), generator.name()];
    const made = `extend ${name} = ${expressionOf(draw.pick(['long', 'string', 'real']), rows.columns, draw)}`;
    return [`@ | where ${p} | ${made}`, `@ | ${made} | where ${p}`];
  },
  'where of an expression, and of a column that has it': (subject) => {
    const [p, name] = [condition(subject), subject.generator.name()];
    return [`@ | where ${p}`, `@ | extend ${name} = ${p} | where ${name} | project-away ${name}`];
  },
  'where before and behind project and project-rename': (subject) => {
    const { key, generator } = subject;
    const [p, name] = [condition(subject), generator.name()];
    return [
      `@ | where ${p} | project ${name} = ${key.name}`,
      `@ | extend p_ = ${p} | project-rename ${name} = ${key.name} | where p_ | project ${name}`,
    ];
  },
  'where before and behind sort': (subject) => {
    const p = condition(subject);
    return [`@ | where ${p}`, `@ | sort by ${subject.key.name} | where ${p}`];
  },
  'where in each input of a union, and behind it': (subject) => {
    const p = condition(subject);
    return [
      `union @, (@ | extend more_ = 1) | where ${p} | project-away more_`,
      `union (@ | where ${p}), (@ | where ${p})`,
    ];
  },
  'where of a key before and behind summarize': (subject) => {
    const { key, draw, number } = subject;
    const p = conditionOf([key], draw);
    const counted = `summarize count(), max(${number}) by ${key.name}`;
    return [`@ | where ${p} | ${counted}`, `@ | ${counted} | where ${p}`];
  },
  'where of rows, and of what has become of them': (subject) => {
    const p = condition(subject);
    return [`@ | where ${p}`, `let m_ = materialize(@); m_ | where ${p}`];
  },
  'texts compared in two ways': ({ rows, draw }) => {
    const text = expressionOf('string', rows.columns, draw);
    const part = draw.pick(['main', 'PROD', 'rel', "o'N", '1']);
    const [a, b] = draw.pick([
      [`${text} contains "${part}"`, `indexof(tolower(${text}), tolower("${part}")) >= 0`],
      [`${text} contains_cs "${part}"`, `countof(${text}, "${part}") > 0`],
      [
        `${text} !contains "${part}"`,
        `${text} !in~ ((@ | where ${text} contains "${part}" | project x_ = ${text}))`,
      ],
      [
        `${text} startswith "${part}"`,
        `tolower(substring(${text}, 0, ${part.length})) == tolower("${part}")`,
      ],
      [`${text} =~ "${part}"`, `tolower(${text}) == tolower("${part}")`],
      [`${text} has "${part}"`, `${text} has_any (dynamic(["${part}"]), "${part}")`],
      [`${text} in~ ("${part}", "web")`, `tolower(${text}) in (tolower("${part}"), "web")`],
      [`${text} hasprefix "${part}"`, `${text} matches regex "(?i)(?:^|[^\\\\pL\\\\pN])${part}"`],
      [`${text} endswith_cs "${part}"`, `reverse(${text}) startswith_cs reverse("${part}")`],
    ] as const);
    return [`@ | where ${a}`, `@ | where ${b}`];
  },
  'in, and comparisons with or': ({ key, rows, draw }) => {
    if (key.type === 'bool') return undefined;
    const [a, b] = [0, 1].map(() => expressionOf(key.type, rows.columns, draw, 1));
    return [
      `@ | where isnotnull(${a}) and isnotnull(${b}) and isnotnull(${key.name}) | where ${key.name} in (${a}, ${b})`,
      `@ | where isnotnull(${a}) and isnotnull(${b}) and isnotnull(${key.name}) | where ${key.name} == ${a} or ${key.name} == ${b}`,
    ];
  },
  'between, and two comparisons': ({ rows, draw }) => {
    const type = draw.pick<ScalarType>(['long', 'datetime', 'timespan', 'real']);
    const [value, low, high] = [0, 1, 2].map(() => expressionOf(type, rows.columns, draw, 1));
    return [
      `@ | where ${value} between (${low} .. ${high})`,
      `@ | where ${value} >= ${low} and ${value} <= ${high}`,
    ];
  },
};
