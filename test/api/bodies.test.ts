import fc from 'fast-check';
import { readBuild2Deployment, readDeployment2Build, readPayload2Build } from '../../api/bodies.ts';
import { UnreadableBodyError } from '../../api/body-fields.ts';
import type { Deployment } from '../../api/contract.ts';

const deployment = (changes: object = {}): Deployment => ({
  Id: 'ContainerApps/0220d503-93eb-4d5a-8ebd-5f45dbda5d75',
  StartTime: '2024-01-02T13:29:45.0000000Z',
  EndTime: null,
  DeploymentUrl: 'https://ev2portal.azure.net/',
  Source: 'expressv2',
  ChangeOwner: 'owner',
  ChangeOwnerType: 'ServiceId',
  ChangeState: 'inProgress',
  Payloads: [{ Id: 'payload', ProgressionLink: 'https://example.com/' }],
  LastUpdateTime: '2024-01-02T14:09:36.7245944Z',
  ...changes,
});

const body = (...Deployments: unknown[]): object => ({
  ADOOrganizationName: 'msazure',
  ADOProjectId: 'b32aa71e-8ed2-41b2-9d77-5bc261222004',
  ADOBuildId: 85084651,
  Deployments,
});

describe('the body of a B2D answer', () => {
  it('is read as it was sent', () => {
    const sent = body(
      deployment({ Metadata: '{}' }),
      deployment({ EndTime: '2024-01-02T14:00:00.0000000Z' }),
    );
    expect(readBuild2Deployment(sent)).toEqual({ body: sent, skipped: [] });
  });

  it('keeps sources and states that this version does not know', () => {
    const sent = body(deployment({ Source: 'argo', ChangeState: 'Pondering' }));
    expect(readBuild2Deployment(sent).body.Deployments[0]).toMatchObject({
      Source: 'argo',
      ChangeState: 'Pondering',
    });
  });

  it('loses fields that this version does not know', () => {
    expect(readBuild2Deployment(body(deployment({ Color: 'blue' }))).body.Deployments).toEqual([
      deployment(),
    ]);
  });

  it('loses a broken row only, and says what was wrong with it', () => {
    const { body: read, skipped } = readBuild2Deployment(
      body(deployment({ StartTime: 'yesterday' }), null, deployment(), deployment({ Id: '' })),
    );
    expect(read.Deployments).toEqual([deployment()]);
    expect(skipped).toEqual([
      { index: 0, problem: 'StartTime: expected a date and time' },
      { index: 1, problem: 'Id: expected an object' },
      { index: 3, problem: 'Id: expected a non-empty string' },
    ]);
  });

  it.each([undefined, null, 'text', {}, { Deployments: 'none' }])('cannot be %j', (value) => {
    expect(() => readBuild2Deployment(value)).toThrow(UnreadableBodyError);
  });

  it('never makes the reader fail in another way', () => {
    fc.assert(
      fc.property(fc.array(fc.anything()), (rows) => {
        const { body: read, skipped } = readBuild2Deployment(body(...rows));
        return read.Deployments.length + skipped.length === rows.length;
      }),
    );
  });
});

describe('the body of an answer with builds', () => {
  const build = {
    OrganizationName: 'o',
    ProjectId: 'p',
    Id: '1',
    Url: 'https://example.com/',
    Source: 'ADO',
  };

  it('takes a build id that is a number for the text it should be', () => {
    const sent = { DeploymentSource: 'azdeployer', DeploymentId: '5', Builds: [{ ...build, Id: 1 }] };
    expect(readDeployment2Build(sent)).toEqual({ body: { ...sent, Builds: [build] }, skipped: [] });
  });

  it('may have no builds', () => {
    const sent = { DeploymentSource: 'pilotfish', Payload: 'a=b', Builds: [] };
    expect(readPayload2Build(sent)).toEqual({ body: sent, skipped: [] });
  });
});
