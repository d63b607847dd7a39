import { project, releaseDeploymentEvent } from '../../../support/changelog/events.ts';
import { read, rowIn } from '../../../support/changelog/reading.ts';

describe('the event of a release deployment', () => {
  it('gives release, environment, state and consumed builds', () => {
    const release = {
      artifacts: [
        {
          type: 'Build',
          definitionReference: { project: { id: project }, version: { id: '479', name: 'x' } },
        },
        { type: 'Git', definitionReference: { version: { id: 'c0ffee' } } },
      ],
    };
    expect(
      rowIn(read(releaseDeploymentEvent('started', { release })), 'ReleaseDeploymentEvent'),
    ).toMatchObject({
      ReleaseId: 12,
      EnvironmentName: 'Dev',
      State: 'inProgress',
      Result: '',
      Builds: [{ ProjectId: project, BuildId: '479' }],
    });
    expect(rowIn(read(releaseDeploymentEvent('completed')), 'ReleaseDeploymentEvent')).toMatchObject({
      State: 'completed',
      Result: 'succeeded',
    });
  });

  it('is read under its newer name too, and counted under the one in the catalogue', () => {
    const event = {
      ...releaseDeploymentEvent('started'),
      eventType: 'ms.azure-devops-release.deployment-started-event',
    };
    expect(read(event)).toMatchObject({
      outcome: 'understood',
      eventType: 'ms.vss-release.deployment-started-event',
    });
  });
});
