import { touchedBuilds } from '../../../changelog/events/touched-builds.ts';

const row = (columns: Record<string, unknown>) =>
  ({ table: 'RunEvent', row: { OrganizationName: 'org', ProjectId: 'p', ...columns } }) as never;

it('are the builds of builds, runs, what runs consumed, and what releases deploy, each once', () => {
  expect(
    touchedBuilds([
      row({ BuildId: 1 }),
      row({ RunId: 2, StageName: 'deploy' }),
      row({ RunId: 2, UpstreamProjectId: 'q', UpstreamRunId: 3 }),
      row({ ReleaseId: 9, Builds: [{ ProjectId: 'r', BuildId: '4' }, { BuildId: '5' }, 'nonsense'] }),
    ]),
  ).toEqual(
    [
      ['p', 1],
      ['p', 2],
      ['q', 3],
      ['r', 4],
      ['p', 5],
    ].map(([project, buildId]) => ({ organization: 'org', project, buildId })),
  );
});

it('are none where no id is given', () => {
  expect(
    touchedBuilds([
      row({ UpstreamProjectId: 'q' }),
      row({ BuildId: 'x', Builds: [{ BuildId: 'x' }, { BuildId: '0' }] }),
      { table: 'RunEvent', row: { RunId: 1, ProjectId: 'p' } } as never,
    ]),
  ).toEqual([]);
});
