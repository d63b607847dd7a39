/** The table of deployments in the log: plain text, aligned for a fixed-width font. */
import { formatDuration } from '../../wait/duration.ts';
import type { JudgedDeployment, Standing } from '../../wait/verdict.ts';

const signs: Record<Standing, string> = { met: '✔', pending: '…', failed: '✖', tolerated: '!' };
const widestColumn = 60;

/** The lines of the table, headings first. `now` (milliseconds since 1970) gives running deployments a duration. */
export function deploymentTable(judged: readonly JudgedDeployment[], now: number): string[] {
  const rows = [
    ['', 'State', 'Source', 'Deployment', 'Duration', 'Link'],
    ...judged.map((each) => row(each, now)),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.min(widestColumn, Math.max(...rows.map((cells) => (cells[column] ?? '').length))),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function row({ deployment, state, standing }: JudgedDeployment, now: number): string[] {
  return [
    signs[standing],
    state === 'unknown' ? `${deployment.ChangeState} (unknown)` : state,
    deployment.Source,
    deployment.Id,
    durationOf(deployment, now),
    deployment.DeploymentUrl,
  ];
}

/** How long a deployment took or has been running; empty if its times are not usable. */
export function durationOf(deployment: JudgedDeployment['deployment'], now: number): string {
  const start = Date.parse(deployment.StartTime);
  const end = deployment.EndTime === null ? now : Date.parse(deployment.EndTime);
  return Number.isFinite(start) && end >= start ? formatDuration(end - start) : '';
}
