/** A workbook of Azure Monitor for each app: what whoever is on call looks at first. */
import { functionsApps } from '../../scripts/package/functions-apps.ts';
import type { JsonObject } from '../json.ts';

export interface Workbook {
  /** The app that it is about. */
  readonly name: string;
  readonly title: string;
  readonly content: JsonObject;
  readonly [key: string]: string | JsonObject;
}

interface Panel {
  readonly title: string;
  readonly query: string;
  readonly shape: 'timechart' | 'table';
}

/** What every app has. `app` stands for the name that it has in telemetry. */
const requests = (app: string): readonly Panel[] => [
  {
    title: 'Availability, by intervals of 5 minutes',
    shape: 'timechart',
    query: [
      'AppMetrics',
      `| where Name == "http.server.request.duration" and AppRoleName == "${app}"`,
      '| summarize All = sum(ItemCount), Failed = sumif(ItemCount, toint(Properties["http.response.status_code"]) >= 500) by bin(TimeGenerated, 5m)',
      '| project TimeGenerated, Availability = 100.0 * (All - Failed) / All',
    ].join('\n'),
  },
  {
    title: 'Requests by status',
    shape: 'timechart',
    query: [
      'AppMetrics',
      `| where Name == "http.server.request.duration" and AppRoleName == "${app}"`,
      '| summarize Requests = sum(ItemCount) by bin(TimeGenerated, 5m), Status = tostring(Properties["http.response.status_code"])',
    ].join('\n'),
  },
  {
    title: 'Milliseconds of an answer: half, 95 % and 99 % of requests',
    shape: 'timechart',
    query: [
      'AppRequests',
      `| where AppRoleName == "${app}"`,
      '| summarize P50 = percentile(DurationMs, 50), P95 = percentile(DurationMs, 95), P99 = percentile(DurationMs, 99) by bin(TimeGenerated, 5m)',
    ].join('\n'),
  },
  {
    title: 'Slowest requests, with the id that X-Trace-Id has',
    shape: 'table',
    query: [
      'AppRequests',
      `| where AppRoleName == "${app}"`,
      '| top 20 by DurationMs desc',
      '| project TimeGenerated, Name, ResultCode, DurationMs, OperationId',
    ].join('\n'),
  },
  {
    title: 'Kusto: calls, failures and milliseconds, by function',
    shape: 'table',
    query: [
      'AppMetrics',
      `| where Name == "db.client.operation.duration" and AppRoleName == "${app}"`,
      '| summarize Calls = sum(ItemCount), Failed = sumif(ItemCount, isnotempty(tostring(Properties["error.type"]))), Mean = 1000.0 * sum(Sum) / sum(ItemCount) by Function = tostring(Properties["db.stored_procedure.name"])',
      '| order by Calls desc',
    ].join('\n'),
  },
];

const lookups = (app: string): readonly Panel[] => [
  {
    title: 'What callers were told',
    shape: 'table',
    query: [
      'AppMetrics',
      `| where Name == "deployments.api.results" and AppRoleName == "${app}"`,
      '| summarize Answers = sum(Sum) by Client = tostring(Properties["deployments.client"]), Result = tostring(Properties["deployments.result"])',
      '| order by Answers desc',
    ].join('\n'),
  },
  {
    title: 'Where answers came from',
    shape: 'timechart',
    query: [
      'AppMetrics',
      `| where Name == "deployments.cache.lookups" and AppRoleName == "${app}"`,
      '| summarize Lookups = sum(Sum) by bin(TimeGenerated, 5m), Outcome = tostring(Properties["deployments.cache.outcome"])',
    ].join('\n'),
  },
];

const changelog = (app: string): readonly Panel[] => [
  ...(
    [
      ['Seconds that the oldest message is old', 'deployments.changelog.message.age', 'max(Sum)'],
      ['Poison messages', 'deployments.changelog.message.poison', 'max(Sum)'],
      ['Rows that wait to be written', 'deployments.changelog.row.waiting', 'sum(Sum)'],
      ['Seconds that mapping jobs are behind', 'deployments.job.lag', 'max(Sum)'],
    ] as const
  ).map(
    ([title, metric, value]): Panel => ({
      title,
      shape: 'timechart',
      query: [
        'AppMetrics',
        `| where Name == "${metric}" and AppRoleName == "${app}"`,
        `| summarize Value = ${value} by bin(TimeGenerated, 1m)`,
      ].join('\n'),
    }),
  ),
  {
    title: 'Events by type',
    shape: 'timechart',
    query: [
      'AppMetrics',
      `| where Name == "deployments.changelog.events" and AppRoleName == "${app}"`,
      '| summarize Events = sum(Sum) by bin(TimeGenerated, 5m), Type = tostring(Properties["deployments.event.type"])',
    ].join('\n'),
  },
];

/** Panels of an app beside those that all have. */
const own: Readonly<Record<string, readonly ((app: string) => readonly Panel[])[]>> = {
  b2d: [lookups],
  d2b: [lookups],
  p2b: [lookups],
  introspection: [lookups],
  changelog: [changelog],
};

/** The panels of an app. */
export function panelsOf(app: string): readonly Panel[] {
  return [requests, ...(own[app] ?? [])].flatMap((panels) => panels(app));
}

/** One for each app. */
export const workbooks: readonly Workbook[] = Object.keys(functionsApps).map((app) => ({
  name: app,
  title: `Deployments: ${app}`,
  content: contentOf(app),
}));

function contentOf(app: string): JsonObject {
  return {
    version: 'Notebook/1.0',
    items: [
      {
        type: 9,
        name: 'time',
        content: {
          version: 'KqlParameterItem/1.0',
          style: 'pills',
          parameters: [
            {
              version: 'KqlParameterItem/1.0',
              name: 'Time',
              type: 4,
              isRequired: true,
              value: { durationMs: 14_400_000 },
              typeSettings: {
                selectableValues: [3_600_000, 14_400_000, 86_400_000, 604_800_000].map((durationMs) => ({
                  durationMs,
                })),
              },
            },
          ],
        },
      },
      ...panelsOf(app).map(({ title, query, shape }, index) => ({
        type: 3,
        name: `panel ${index + 1}`,
        content: {
          version: 'KqlItem/1.0',
          title,
          query,
          size: 0,
          timeContextFromParameter: 'Time',
          queryType: 0,
          resourceType: 'microsoft.operationalinsights/workspaces',
          visualization: shape,
        },
      })),
    ],
  };
}
