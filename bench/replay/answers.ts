/**
 * When B2D's answers changed in the last week of the demonstration: its events are told to an engine one moment after the
 * other, as they happened, and each time B2D is asked for every build.
 */
import { demoBuilds, demoEvents } from '../../kusto/demo/builds.ts';
import type { RawEvents } from '../../kusto/demo/events.ts';
import { startDataLayer } from '../../test/support/engine/data-layer.ts';

/** A build and the moments at which its answer changed, in milliseconds since 1970. */
export interface BuildHistory {
  readonly build: number;
  readonly changes: readonly number[];
  /** When its deployments had all ended; undefined while one has not. */
  readonly endedAt: number | undefined;
}

type Event = NonNullable<RawEvents['EntityChangeEvent']>[number];

const final = new Set(['succeeded', 'failed', 'canceled']);
/** The others exist to show a table of 2,000 deployments; no service changes 2,000 times in a week. */
const mostMoments = 300;

/** Replays the seven days before `end`. */
export async function replayWeek(end: Date, say: (line: string) => void): Promise<BuildHistory[]> {
  const start = end.getTime() - 7 * 24 * 60 * 60_000;
  const { EntityChangeEvent = [], ...mappings } = demoEvents(end);
  const ordered = EntityChangeEvent.toSorted((a, b) => timeOf(a) - timeOf(b));
  const tooMany = payloadsWithTooMany(ordered);
  const replayed = ordered.filter(({ BuildVersion }) => !tooMany.has(String(BuildVersion)));
  const layer = await startDataLayer();
  try {
    await layer.tell(mappings, { EntityChangeEvent: replayed.filter((event) => timeOf(event) < start) });
    const histories = new Map<number, { answer: string; changes: number[]; endedAt?: number }>();
    const ask = async (time: number): Promise<void> => {
      for (const build of demoBuilds) {
        const rows = await layer.build2Deployment(build);
        const answer = JSON.stringify(rows);
        const before = histories.get(build.id);
        const isOver = rows.length > 0 && rows.every(({ State }) => final.has(String(State)));
        if (!before) histories.set(build.id, { answer, changes: [] });
        else if (before.answer !== answer) {
          before.answer = answer;
          before.changes.push(time);
          if (isOver) before.endedAt = time;
          else delete before.endedAt;
        }
      }
    };
    await ask(start);
    const moments = momentsOf(
      replayed.filter((event) => timeOf(event) >= start && timeOf(event) <= end.getTime()),
    );
    for (const [index, [time, events]] of moments.entries()) {
      if (index % 50 === 0) say(`moment ${index} of ${moments.length}`);
      await layer.ingest({ EntityChangeEvent: events });
      await ask(time);
    }
    return [...histories]
      .filter(([, { changes }]) => changes.length > 0)
      .map(([build, { changes, endedAt }]) => ({ build, changes, endedAt }));
  } finally {
    await layer.stop();
  }
}

function timeOf(event: Event): number {
  return Date.parse(String(event.ModifiedDate));
}

function payloadsWithTooMany(events: readonly Event[]): ReadonlySet<string> {
  const moments = new Map<string, Set<number>>();
  for (const event of events) {
    const payload = String(event.BuildVersion);
    const times = moments.get(payload) ?? new Set();
    moments.set(payload, times.add(timeOf(event)));
  }
  return new Set([...moments].filter(([, times]) => times.size > mostMoments).map(([payload]) => payload));
}

function momentsOf(events: readonly Event[]): [time: number, events: Event[]][] {
  const moments = new Map<number, Event[]>();
  for (const event of events) {
    const time = timeOf(event);
    const same = moments.get(time);
    if (same) same.push(event);
    else moments.set(time, [event]);
  }
  return [...moments];
}
