import { toRows, webAddress } from '../../../tab/build-results/deployment-row.ts';
import { aDeployment, aRow } from '../builders.ts';

describe('a row', () => {
  it('knows state, times and links of its deployment', () => {
    expect(aRow({ Source: 'ExpressV2', EndTime: null, ChangeState: 'Blocked by policy' })).toMatchObject({
      key: 'expressv2|ContainerApps/one',
      source: 'expressv2',
      state: 'blocked',
      changeState: 'Blocked by policy',
      url: 'https://ev2.example/one',
      start: Date.parse('2024-01-02T07:00:00Z'),
      end: undefined,
    });
  });

  it('names a payload without the GUID before it', () => {
    const payload = 'df36aee8-c644-400b-a0ab-fd0f1191211d/containerapps=1.2.1450.0';
    const [first] = aRow({ Payloads: [{ Id: payload, ProgressionLink: '' }] }).payloads;
    expect(first).toEqual({ id: payload, shortId: 'containerapps=1.2.1450.0', url: undefined });
  });

  it('begins its name with what tells it apart, without the GUID of the service', () => {
    const id = 'df36aee8-c644-400b-a0ab-fd0f1191211d/StoreFront/0220d503-93eb-4d5a-8ebd-5f45dbda5d75';
    expect(aRow({ Id: id })).toMatchObject({
      id,
      shortId: 'StoreFront/0220d503-93eb-4d5a-8ebd-5f45dbda5d75',
    });
    expect(aRow({ Id: '0220d503-93eb-4d5a-8ebd-5f45dbda5d75' }).shortId).toBe(
      '0220d503-93eb-4d5a-8ebd-5f45dbda5d75',
    );
  });

  it('takes the state that the service derived, not the word of the latest event', () => {
    expect(aRow({ State: 'inProgress', ChangeState: 'Completed' }).state).toBe('inProgress');
  });

  it('stays the same object while its deployment does not change', () => {
    const before = toRows([aDeployment({ Id: 'a' }), aDeployment({ Id: 'b' })]);
    const after = toRows([aDeployment({ Id: 'a' }), aDeployment({ Id: 'b', ChangeState: 'failed' })], before);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  it('is one for deployments that are told twice', () => {
    expect(toRows([aDeployment(), aDeployment()])).toHaveLength(1);
  });
});

it.each([
  ['https://a.example/#/x', 'https://a.example/#/x'],
  ['http://a.example', 'http://a.example'],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['/relative', undefined],
  ['', undefined],
])('the link address %j becomes %j', (address, link) => {
  expect(webAddress(address)).toBe(link);
});
