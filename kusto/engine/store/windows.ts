/** Windows of time in front of a query, as those that a job appends over. */

/**
 * A job appends the same query over one window after the other, as `let windowStart = datetime(…);` before it.
 * Those times become parameters, so that the query is compiled once and not once a window.
 */
export function withWindowAsParameters(text: string): { text: string; parameters: Record<string, string> } {
  const parameters: Record<string, string> = {};
  let query = text.trimStart();
  for (;;) {
    const [statement, name, time] = /^let\s+(\w+)\s*=\s*datetime\(([^()]*)\)\s*;\s*/.exec(query) ?? [];
    if (statement === undefined || name === undefined) break;
    parameters[name] = `datetime(${time})`;
    query = query.slice(statement.length);
  }
  const names = Object.keys(parameters);
  if (names.length === 0) return { text, parameters };
  const declared = names.map((name) => `${name}: datetime`).join(', ');
  return { text: `declare query_parameters(${declared});\n${query}`, parameters };
}
