/** Values in front of a query, such as the window that a job appends over and the holder of its lease. */

/** How the literals that become parameters are written, by their type. */
const LITERALS = {
  datetime: String.raw`datetime\([^()]*\)`,
  timespan: String.raw`\d+ms`,
  string: String.raw`'(?:[^'\\\r\n]|\\[^\r\n])*'`,
  bool: 'true|false',
};
const TYPES = Object.keys(LITERALS);
const LITERAL = Object.values(LITERALS)
  .map((written) => `(${written})`)
  .join('|');
const LEADING = new RegExp(String.raw`^let\s+(\w+)\s*=\s*(?:${LITERAL})\s*;\s*`);

/**
 * A job sends the same commands over one window after the other, from one host or another, with what differs in front:
 * `let windowStart = datetime(…);`. Those values become parameters, so that a command is compiled once for all of them.
 */
export function withValuesAsParameters(text: string): { text: string; parameters: Record<string, string> } {
  const parameters: Record<string, string> = {};
  const declared: string[] = [];
  let query = text.trimStart();
  for (;;) {
    const [statement, name, ...literals] = LEADING.exec(query) ?? [];
    const at = literals.findIndex((literal) => literal !== undefined);
    const literal = literals[at];
    if (statement === undefined || name === undefined || literal === undefined) break;
    parameters[name] = literal;
    declared.push(`${name}: ${TYPES[at]}`);
    query = query.slice(statement.length);
  }
  if (declared.length === 0) return { text, parameters };
  return { text: `declare query_parameters(${declared.join(', ')});\n${query}`, parameters };
}
