import { randomBytes } from 'node:crypto';
import { readGatesConfig } from '../../../backend/gates/config.ts';
import {
  fingerprintOf,
  openRegistration,
  sealRegistration,
} from '../../../backend/gates/registration-seal.ts';
import { SettingsReader } from '../../../settings/reader.ts';
import { mistakesOf } from '../../support/settings.ts';

describe('the settings of agentless waits', () => {
  const read = (environment: Record<string, string>) => {
    const reader = new SettingsReader(environment);
    const config = readGatesConfig(reader);
    return { ...config, refused: mistakesOf(reader).map((mistake) => mistake.split(' ', 1)[0]) };
  };

  const caps = { perPlan: 100, perOrganization: 2_000, unconfirmedPerAddress: 500 };

  it('allow Azure DevOps Services to be called back, and have no key', () => {
    expect(read({})).toEqual({
      caps,
      key: undefined,
      callbackHosts: ['dev.azure.com', '*.visualstudio.com'],
      refused: [],
    });
  });

  it('take a key of 32 bytes and hosts of a server of one’s own', () => {
    const key = randomBytes(32);
    expect(
      read({
        GATES_KEY: key.toString('base64'),
        GATES_CALLBACK_HOSTS: 'tfs.contoso.example, *.contoso.example',
      }),
    ).toEqual({ caps, key, callbackHosts: ['tfs.contoso.example', '*.contoso.example'], refused: [] });
  });

  it('take other caps', () => {
    const { caps } = read({
      GATES_MAX_WAITS_PER_PLAN: '1',
      GATES_MAX_WAITS_PER_ORGANIZATION: '2',
      GATES_MAX_UNCONFIRMED_WAITS: '3',
    });
    expect(caps).toEqual({ perPlan: 1, perOrganization: 2, unconfirmedPerAddress: 3 });
  });

  it.each([
    [{ GATES_KEY: 'short' }, 'GATES_KEY'],
    [{ GATES_CALLBACK_HOSTS: 'https://dev.azure.com/' }, 'GATES_CALLBACK_HOSTS'],
    [{ GATES_CALLBACK_HOSTS: '*' }, 'GATES_CALLBACK_HOSTS'],
    [{ GATES_CALLBACK_HOSTS: 'a,,b' }, 'GATES_CALLBACK_HOSTS'],
    [{ GATES_MAX_WAITS_PER_PLAN: '0' }, 'GATES_MAX_WAITS_PER_PLAN'],
  ])('refuse %j', (environment, name) => {
    expect(read(environment as Record<string, string>).refused).toEqual([name]);
  });
});

describe('a sealed registration', () => {
  const key = randomBytes(32);
  const registration = { task: { url: 'https://dev.azure.com/contoso' }, token: 'plan-token' };

  it('opens with its key for its wait, and looks different every time', () => {
    const sealed = sealRegistration(key, 'wait-1', registration);
    expect(openRegistration(key, 'wait-1', sealed)).toEqual(registration);
    expect(sealRegistration(key, 'wait-1', registration)).not.toBe(sealed);
  });

  it('opens for nothing else, and not after any change', () => {
    const sealed = sealRegistration(key, 'wait-1', registration);
    expect(openRegistration(randomBytes(32), 'wait-1', sealed)).toBeUndefined();
    expect(openRegistration(key, 'wait-2', sealed)).toBeUndefined();
    expect(openRegistration(key, 'wait-1', '')).toBeUndefined();
    for (let position = 0; position < Buffer.from(sealed, 'base64').length; position++) {
      const changed = Buffer.from(sealed, 'base64');
      changed[position] = (changed[position] ?? 0) ^ 1;
      expect(openRegistration(key, 'wait-1', changed.toString('base64'))).toBeUndefined();
    }
  });
});

it('the name of a token is the same for one key, another for another, and not the token', () => {
  const [key, other] = [randomBytes(32), randomBytes(32)];
  expect(fingerprintOf(key, 'token')).toBe(fingerprintOf(Buffer.from(key), 'token'));
  expect(fingerprintOf(key, 'token')).toMatch(/^[0-9a-f]{32}$/);
  expect(fingerprintOf(key, 'token2')).not.toBe(fingerprintOf(key, 'token'));
  expect(fingerprintOf(other, 'token')).not.toBe(fingerprintOf(key, 'token'));
});
