/**
 * The regular expression of `parse`. What `kind=regex` makes of `*` and of the pattern's two ends is not written
 * anywhere, so it has several forms there: a text for which they do not agree is refused when it is met.
 */
import type { ScalarType } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import { pattern } from '../functions/regular-expression.ts';
import type { Syntax } from '../parse/syntax.ts';
import { READERS } from './expansions.ts';

export type PatternKind = 'simple' | 'regex' | 'relaxed';

/** A column of the pattern. */
export interface TextColumn {
  readonly name: string;
  readonly type: ScalarType;
  /** The number of its group. */
  readonly group: number;
  /** Whether all that the group matches can be read as the type. */
  readonly isCertain: boolean;
}

export interface TextPattern {
  /** Regular expressions; a text matches as all of them say. */
  readonly forms: readonly string[];
  readonly columns: readonly TextColumn[];
}

const NUMBERS: Readonly<Partial<Record<ScalarType, string>>> = {
  int: '\\s*[+-]?[0-9]+\\s*',
  long: '\\s*[+-]?[0-9]+\\s*',
  real: '\\s*[+-]?[0-9]+(?:\\.[0-9]*)?(?:[eE][+-]?[0-9]+)?\\s*',
};
const REGEX_NUMBERS: Readonly<Partial<Record<ScalarType, string>>> = {
  int: '-?\\d+',
  long: '-?\\d+',
  real: '-?\\d+(?:\\.\\d+)?',
};

/** Stands for a `*` until its forms are written. */
const STAR = '\u0000';

/** The pattern that the parts after `with` write. */
export function textPattern(parts: readonly Syntax[], kind: PatternKind, flags: string): TextPattern {
  const columns: TextColumn[] = [];
  let groups = 0;
  const capture = (part: Syntax, name: string, type: ScalarType, index: number): string => {
    const isLast = index === parts.length - 1;
    if (type !== 'string' && !READERS[type]) part.refuseUnsupported(`Parsing a ${type} is not supported`);
    groups += 1;
    const number = (kind === 'regex' ? REGEX_NUMBERS : NUMBERS)[type];
    const any = kind === 'regex' || isLast ? '.*' : '.*?';
    columns.push({ name, type, group: groups, isCertain: type === 'string' || number !== undefined });
    if (type !== 'string' && !number && !isLast && parts[index + 1]?.kind !== 'StringLiteralExpression')
      part.refuseUnsupported(`A ${type} without a text behind it in parse is not supported`);
    // What is no number is passed over, and read as null.
    if (number && kind === 'relaxed') return `(${number}|${any})`;
    return `(${number ?? any})`;
  };
  const pieces = parts.map((part, index): string => {
    const isLast = index === parts.length - 1;
    switch (part.kind) {
      case 'StarExpression':
        return kind === 'regex' ? STAR : isLast ? '.*' : '.*?';
      case 'StringLiteralExpression': {
        const text = String(part.literalValue);
        if (kind !== 'regex') return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        groups += groupsIn(text, part);
        return text;
      }
      case 'NameDeclaration':
        return capture(part, part.name, 'string', index);
      case 'NameAndTypeDeclaration': {
        const declared = part.part('Name');
        return capture(part, declared.name, declared.type, index);
      }
      default:
        return part.refuseUnsupported(`'${part.text}' in parse is not supported`);
    }
  });
  const written = pieces.join('');
  return { columns, forms: kind === 'regex' ? regexForms(written, flags) : [`(?s)^${written}$`] };
}

function regexForms(written: string, flags: string): string[] {
  const set = flags === '' ? '' : `(?${flags})`;
  const forms = ['.*?', '.*'].flatMap((star) =>
    ['\\A', ''].flatMap((start) =>
      ['\\z', ''].map((end) => `${set}${start}${written.replaceAll(STAR, star)}${end}`),
    ),
  );
  return [...new Set(forms)];
}

/** The number of groups in a piece, which must be a regular expression by itself. */
function groupsIn(text: string, part: Syntax): number {
  if (hasAlternatives(text))
    part.refuseUnsupported(`'|' outside of parentheses in a pattern of parse kind=regex is not supported`);
  try {
    return pattern(text).groups.length;
  } catch (error) {
    if (error instanceof KqlError) return part.refuse(error.reason);
    throw error;
  }
}

function hasAlternatives(text: string): boolean {
  // A class without an end is taken to the end of the text: looking for the end of each would take too long.
  const outside = text.replace(/\\.|\[(?:\\.|[^\]\\])*\]?/g, '');
  let depth = 0;
  for (const character of outside) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === '|' && depth === 0) return true;
  }
  return false;
}
