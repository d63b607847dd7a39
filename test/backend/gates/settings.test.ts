import { randomBytes } from 'node:crypto';
import { readGatesConfig } from '../../../backend/gates/config.ts';
import { sealToken, unsealToken } from '../../../backend/gates/sealed-token.ts';
import { SettingsReader } from '../../../settings/reader.ts';
import { mistakesOf } from '../../support/settings.ts';

describe('the settings of agentless waits', () => {
  const read = (environment: Record<string, string>) => {
    const reader = new SettingsReader(environment);
    const config = readGatesConfig(reader);
    return { ...config, refused: mistakesOf(reader).map((mistake) => mistake.split(' ', 1)[0]) };
  };

  it('allow Azure DevOps Services to be called back, and have no key', () => {
    expect(read({})).toEqual({
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
    ).toEqual({ key, callbackHosts: ['tfs.contoso.example', '*.contoso.example'], refused: [] });
  });

  it.each([
    [{ GATES_KEY: 'short' }, 'GATES_KEY'],
    [{ GATES_CALLBACK_HOSTS: 'https://dev.azure.com/' }, 'GATES_CALLBACK_HOSTS'],
    [{ GATES_CALLBACK_HOSTS: '*' }, 'GATES_CALLBACK_HOSTS'],
    [{ GATES_CALLBACK_HOSTS: 'a,,b' }, 'GATES_CALLBACK_HOSTS'],
  ])('refuse %j', (environment, name) => {
    expect(read(environment as Record<string, string>).refused).toEqual([name]);
  });
});

describe('a sealed token', () => {
  const key = randomBytes(32);

  it('opens with its key for its wait, and looks different every time', () => {
    const sealed = sealToken(key, 'wait-1', 'plan-token');
    expect(unsealToken(key, 'wait-1', sealed)).toBe('plan-token');
    expect(sealToken(key, 'wait-1', 'plan-token')).not.toBe(sealed);
  });

  it('opens for nothing else', () => {
    const sealed = sealToken(key, 'wait-1', 'plan-token');
    const changed = Buffer.from(sealed, 'base64');
    changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
    expect(unsealToken(randomBytes(32), 'wait-1', sealed)).toBeUndefined();
    expect(unsealToken(key, 'wait-2', sealed)).toBeUndefined();
    expect(unsealToken(key, 'wait-1', changed.toString('base64'))).toBeUndefined();
    expect(unsealToken(key, 'wait-1', '')).toBeUndefined();
  });
});
