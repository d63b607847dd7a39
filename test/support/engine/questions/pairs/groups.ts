/** Groups of rows, and what is worked out of them. */
import { columnsOfType } from '../expressions.ts';
import { namesOf } from '../rows.ts';
import { condition, isKey, type PairOf } from './subject.ts';

export const GROUPS: Readonly<Record<string, PairOf>> = {
  'count, sums of ones and lengths of lists': ({ key }) => [
    `@ | summarize n = count() by ${key.name}`,
    `@ | extend one_ = 1 | summarize n = array_length(make_list(one_)) by ${key.name}`,
  ],
  'distinct, and summarize by': ({ rows, draw }) => {
    const keys = namesOf(draw.some(rows.columns.filter(isKey)));
    return [`@ | distinct ${keys}`, `@ | summarize by ${keys}`];
  },
  'dcount, and the count of distinct': ({ key, number }) => [
    `@ | project k_ = ${key.name}, n_ = ${number} | summarize n = dcount(k_) by n_ | where n > 0`,
    `@ | project k_ = ${key.name}, n_ = ${number} | where isnotnull(k_) | distinct k_, n_ | summarize n = count() by n_`,
  ],
  'make_set has each value once': ({ key, number }) => [
    `@ | summarize n = array_length(make_set(${key.name})) by ${number}`,
    `@ | summarize n = count_distinct(${key.name}) by ${number}`,
  ],
  'sumif and countif, and sums behind where': (subject) => {
    const [p, { key, number }] = [condition(subject), subject];
    return [
      `@ | summarize s = sumif(${number}, ${p}), n = countif(${p}) by ${key.name} | where n > 0`,
      `@ | where ${p} | summarize s = sum(${number}), n = count() by ${key.name}`,
    ];
  },
  'sumif, and the sum of iff': (subject) => {
    const [p, { key, number }] = [condition(subject), subject];
    return [
      `@ | summarize s = sumif(${number}, ${p}) by ${key.name}`,
      `@ | summarize s = sum(iff(${p}, ${number}, 0)) by ${key.name}`,
    ];
  },
  'avg, and sum by count': ({ key, number }) => [
    `@ | where isnotnull(${number}) | summarize a = avg(${number}) by ${key.name}`,
    `@ | where isnotnull(${number}) | summarize s = sum(${number}), n = count() by ${key.name} | project ${key.name}, a = todouble(s) / n`,
  ],
  'arg_max, and the first row of each group in order': ({ key, number }) => [
    `@ | where isnotnull(${number}) | summarize arg_max(${number}, *) by ${key.name} | project ${key.name}, m = ${number}`,
    `@ | where isnotnull(${number}) | sort by ${key.name} asc, ${number} desc | extend r_ = row_number(1, prev(${key.name}) != ${key.name} or isnull(prev(${key.name})) != isnull(${key.name})) | where r_ == 1 | project ${key.name}, m = ${number}`,
  ],
  'arg_min, min, and the last of a list in order': ({ key, number }) => [
    `@ | where isnotnull(${number}) | summarize arg_min(${number}, *) by ${key.name} | project ${key.name}, m = ${number}`,
    `@ | where isnotnull(${number}) | sort by ${number} desc | summarize l = make_list(${number}) by ${key.name} | project ${key.name}, m = tolong(l[-1])`,
  ],
  'max of all, and arg_max without keys': ({ number }) => [
    `@ | where isnotnull(${number}) | summarize m = max(${number}) | where isnotnull(m)`,
    `@ | where isnotnull(${number}) | summarize arg_max(${number}, *) | where isnotnull(${number}) | project m = ${number}`,
  ],
  'percentiles, and places in a sorted list': ({ number }) => {
    const place = (percent: number): string =>
      `p${percent} = tolong(l[tolong(ceiling(array_length(l) * ${percent} / 100.0)) - 1])`;
    const percents = [1, 20, 50, 75, 90, 100];
    const names = percents.map((percent) => `p${percent}`).join(', ');
    return [
      `@ | summarize (${names}) = percentiles(${number}, ${percents.join(', ')})`,
      `@ | summarize l = array_sort_asc(make_list(${number})) | project ${percents.map(place).join(', ')}`,
    ];
  },
  'a list made and expanded again': ({ key, number }) => [
    `@ | where isnotnull(${number}) | project ${key.name}, v = ${number}`,
    `@ | summarize l = make_list(${number}) by ${key.name} | mv-expand v = l to typeof(long) | where isnotnull(v) | project ${key.name}, v`,
  ],
  'summarize in two steps': ({ key, number }) => [
    `@ | summarize n = count(), s = sum(${number}), m = min(${number}) by ${key.name}`,
    `@ | summarize n = count(), s = sum(${number}), m = min(${number}) by ${key.name}, part_ = ${number} % 2 | summarize n = sum(n), s = sum(s), m = min(m) by ${key.name}`,
  ],
  'pivot, and countif': ({ key, number }) => [
    `@ | project ${key.name}, w = iff(${number} > 1, "many", "few") | evaluate pivot(w, count(), ${key.name}): (${key.name}: ${key.type}, few: long, many: long)`,
    `@ | project ${key.name}, w = iff(${number} > 1, "many", "few") | summarize few = countif(w == "few"), many = countif(w == "many") by ${key.name}`,
  ],
  'top, sort with take, and row_number': ({ number, draw }) => {
    const count = draw.below(5) + 1;
    return [
      `@ | top ${count} by ${number} | project ${number}`,
      `@ | sort by ${number} desc | extend r_ = row_number() | where r_ <= ${count} | project ${number}`,
    ];
  },
  'top-nested, and top of counts': ({ key, draw }) => {
    const count = draw.below(3) + 1;
    return [
      `@ | top-nested ${count} of ${key.name} by n = count() | project n`,
      `@ | summarize n = count() by ${key.name} | sort by n desc | take ${count} | project n`,
    ];
  },
  'make-series, and counts with the missing filled in': ({ rows, key, draw }) => {
    const [time] = columnsOfType(rows.columns, 'datetime');
    if (!time || key.name === time) return undefined;
    const step = draw.pick(['12h', '1d', '7h']);
    const [from, to] = ['datetime(2024-05-30)', 'datetime(2024-06-02)'];
    const within = `@ | where ${time} >= ${from} and ${time} < ${to}`;
    return [
      `${within} | make-series n = count() default = 0 on ${time} from ${from} to ${to} step ${step} by ${key.name} | mv-expand ${time} to typeof(datetime), n to typeof(long) | project k_ = ${key.name}, t_ = ${time}, n`,
      `let times_ = range t_ from ${from} to ${to} - 1tick step ${step} | extend all_ = 1; let rows_ = ${within} | project k_ = ${key.name}, t_ = bin_at(${time}, ${step}, ${from}); let counts_ = rows_ | summarize n = count() by k_, t_; rows_ | distinct k_ | extend all_ = 1, g_ = isnull(k_) | join kind=inner times_ on all_ | project k_, t_, g_ | extend x_ = strcat(k_, g_) | join kind=leftouter (counts_ | extend x_ = strcat(k_, isnull(k_))) on x_, t_ | project k_, t_, n = coalesce(n, 0)`,
    ];
  },
};
