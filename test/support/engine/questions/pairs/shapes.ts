/** Columns, values and rows written otherwise. */
import type { ScalarType } from '../../../../../kusto/engine/catalog.ts';
import { expressionOf } from '../expressions.ts';
import { condition, type PairOf } from './subject.ts';

export const SHAPES: Readonly<Record<string, PairOf>> = {
  'renamed and back': ({ key, generator }) => {
    const name = generator.name();
    return ['@', `@ | project-rename ${name} = ${key.name} | project-rename ${key.name} = ${name}`];
  },
  'packed in a bag and taken out': ({ key, number }) => [
    `@ | project t = tostring(${key.name}), n = ${number}`,
    `@ | project b_ = bag_pack("t", tostring(${key.name}), "n", ${number}) | project t = tostring(b_.t), n = tolong(b_["n"])`,
  ],
  'a bag unpacked': ({ key, number }) => [
    `@ | project t = strcat("=", ${key.name}), n = ${number}`,
    `@ | project b_ = bag_pack("t", strcat("=", ${key.name}), "n", ${number}) | evaluate bag_unpack(b_): (t: string, n: long)`,
  ],
  'written in a text and parsed': ({ key, number }) => [
    `@ | where isnotnull(${number}) | project t = tostring(${key.name}), n = ${number}`,
    `@ | where isnotnull(${number}) | project x_ = strcat("<", ${key.name}, "> n=", ${number}, ";") | parse x_ with "<" t "> n=" n: long ";" | project t, n`,
  ],
  'values written and read again': ({ rows, draw }) => {
    const type = draw.pick<ScalarType>(['long', 'datetime', 'timespan', 'real', 'bool']);
    const value = expressionOf(type, rows.columns, draw);
    return [`@ | project v = ${value}`, `@ | project v = to${type}(tostring(${value}))`];
  },
  'a text split and joined': ({ rows, draw }) => {
    const text = expressionOf('string', rows.columns, draw);
    return [`@ | project v = ${text}`, `@ | project v = strcat_array(split(${text}, "-"), "-")`];
  },
  'mv-apply, and mv-expand with summarize': ({ rows }) =>
    rows.columns.some(({ name }) => name === 'tags')
      ? [
          '@ | where array_length(tags) > 0 | mv-apply x = tags to typeof(string) on (summarize n = countif(x has "prod")) | project n',
          '@ | where array_length(tags) > 0 | extend y_ = set_difference(tags, dynamic([])) | project n = countof(strcat_array(tags, "|"), "prod")',
        ]
      : undefined,
  'iff, case and coalesce': (subject) => {
    const { rows, draw } = subject;
    const p = condition(subject);
    const type = draw.pick<ScalarType>(['long', 'string', 'datetime']);
    const [a, b] = [0, 1].map(() => expressionOf(type, rows.columns, draw, 1));
    return [`@ | project x = iff(${p}, ${a}, ${b})`, `@ | project x = case(${p}, ${a}, ${b})`];
  },
  'row_cumsum, and scan': ({ number }) => [
    `@ | sort by ${number} asc | project c = row_cumsum(coalesce(${number}, 0))`,
    `@ | sort by ${number} asc | scan with_match_id = m_ declare (c: long = 0) with (step s: true => c = s.c + coalesce(${number}, 0);) | project c`,
  ],
  'prev, and a join with the row before': ({ number }) => [
    `@ | sort by ${number} asc | extend p = prev(${number}) | project p, ${number}`,
    `let numbered_ = @ | sort by ${number} asc | extend r_ = row_number() | project r_, v_ = ${number}; numbered_ | join kind=leftouter (numbered_ | project r_ = r_ + 1, p = v_) on r_ | project p, v_`,
  ],
  'toscalar, and a join with the one row': ({ number }) => [
    `@ | extend s = toscalar(@ | summarize sum(${number})) | project s, ${number}`,
    `@ | extend all_ = 1 | join kind=inner (@ | summarize s = sum(${number}) | extend all_ = 1) on all_ | project s, ${number}`,
  ],
  'a bag of one row, read member by member': ({ number }) => [
    `let x_ = toscalar(@ | summarize s = sum(${number}), m = max(${number}) | project bag_pack("s", s, "m", m, "t", strcat(m, "!"))); print s = tolong(x_.s), m = tolong(x_.m), t = tostring(x_["t"])`,
    `@ | summarize s = sum(${number}), m = max(${number}) | project s, m, t = strcat(m, "!")`,
  ],
  'a function of rows': (subject) => {
    const { rows, key } = subject;
    const p = condition(subject);
    const columns = rows.columns.map(({ name, type }) => `${name}: ${type}`).join(', ');
    const counted = `where ${p} | summarize n = count() by ${key.name}`;
    return [`@ | ${counted}`, `let f_ = (t_: (${columns})) { t_ | ${counted} }; f_(@)`];
  },
  'materialized rows, used twice': (subject) => {
    const { key, number } = subject;
    const p = condition(subject);
    const used = (rows: string) =>
      `${rows} | where ${p} | join kind=leftouter (${rows} | summarize s_ = sum(${number}) by ${key.name}) on ${key.name} | project ${number}, s_`;
    return [used('@'), `let m_ = materialize(@); ${used('m_')}`];
  },
  'a union with itself, and counts twice': ({ key }) => [
    `union @, @ | summarize n = count() by ${key.name}`,
    `@ | as rows_ | summarize n = count() by ${key.name} | extend n = n * 2`,
  ],
  'partition, and arg_max': ({ key, number }) => [
    `@ | where isnotnull(${key.name}) and isnotnull(${number}) | partition hint.strategy=native by ${key.name} (top 1 by ${number} | project m = ${number})`,
    `@ | where isnotnull(${key.name}) and isnotnull(${number}) | summarize m = max(${number}) by ${key.name} | project m`,
  ],
};
