/**
 * Two ways to ask the same of rows, which are written `@`. Each way takes another path through the compiler, so a
 * difference between their answers is a mistake in one.
 */
import { FILTERS } from './pairs/filters.ts';
import { GROUPS } from './pairs/groups.ts';
import { JOINS } from './pairs/joins.ts';
import { SHAPES } from './pairs/shapes.ts';
import type { PairOf } from './pairs/subject.ts';

/** All pairs, by what they say. */
export const PAIRS: Readonly<Record<string, PairOf>> = { ...FILTERS, ...GROUPS, ...JOINS, ...SHAPES };
