import { readFileSync } from 'node:fs';
import {
  changelogTables,
  eventTables,
  eventTypeNamed,
  eventTypes,
} from '../../../changelog/events/catalogue.ts';
import { loadDefinitions } from '../../../kusto/schema/load.ts';
import { feedPage, withEventTypes } from '../../../scripts/event-types.ts';

const columnsOf = new Map(
  loadDefinitions().flatMap((definition) =>
    definition.kind === 'table' ? [[definition.name, definition.columns.map(({ name }) => name)]] : [],
  ),
);

describe('the catalogue of event types', () => {
  it('has the ten events that the changelog began with', () => {
    expect(eventTypes.map(({ eventType }) => eventType)).toEqual(
      expect.arrayContaining([
        'ms.vss-pipelines.run-state-changed-event',
        'ms.vss-pipelines.stage-state-changed-event',
        'ms.vss-pipelines.job-state-changed-event',
        'build.complete',
        'ms.vss-pipelinechecks-events.approval-pending',
        'ms.vss-pipelinechecks-events.approval-completed',
        'git.push',
        'git.pullrequest.merged',
        'ms.vss-release.deployment-started-event',
        'ms.vss-release.deployment-completed-event',
      ]),
    );
  });

  it('has each name once, aliases included', () => {
    const names = eventTypes.flatMap(({ eventType, aliases = [] }) => [eventType, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(eventTypeNamed(name)).toBeDefined();
  });

  it.each(eventTables)('names a table that holds events: %s', (table) => {
    expect(columnsOf.get(table)).toEqual(
      expect.arrayContaining([
        'EventId',
        'CreatedDate',
        'ReceivedDate',
        'OrganizationName',
        'ProjectId',
        'CollectionUrl',
        'EventType',
        'Message',
        'Problems',
        'Event',
      ]),
    );
  });

  it('names tables that exist, each once', () => {
    expect(changelogTables.filter((table) => !columnsOf.has(table))).toEqual([]);
    expect(new Set(changelogTables).size).toBe(changelogTables.length);
  });

  it('is what docs/changelog-feed.md shows (run scripts/event-types.ts to update it)', () => {
    const page = readFileSync(feedPage, 'utf8');
    expect(page).toBe(withEventTypes(page));
  });
});
