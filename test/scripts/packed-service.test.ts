/** What `npm run package` takes, and what it says about mistakes. */
import {
  describePackedService,
  readPackedService,
  withPackedService,
} from '../../scripts/package/packed-service.ts';

const service = 'https://deployments.fabrikam.com';
const client = '00000000-0000-4000-8000-000000000001';
const tenant = '00000000-0000-4000-8000-000000000002';

describe('the options of a package', () => {
  it('are refused with all mistakes at once', () => {
    const read = () =>
      readPackedService({ service: 'ftp://x', client: 'x', tenant: '"><script>', audience: 'a b' });
    expect(read).toThrow(
      [
        '--service must be an https URL without a query, such as https://deployments.contoso.com, and not "ftp://x".',
        '--client must be a GUID, the client id of the application that pages sign in to, and not "x".',
        '--tenant must be a GUID, the id of the tenant whose users sign in, and not "\\"><script>".',
        '--audience must be the application id URI of the service, such as api://deployments, and not "a b".',
      ].join('\n'),
    );
  });

  it.each([
    [{ service, client }, '--client and --tenant go together.'],
    [{ service, tenant }, '--client and --tenant go together.'],
    [{ service, audience: 'api://a' }, '--audience goes with --client and --tenant.'],
    [{ client, tenant, 'extension-tokens': true }, '--extension-tokens goes with --service'],
  ])('are refused where something is missing beside %j', (options, message) => {
    expect(() => readPackedService(options)).toThrow(message);
  });

  it.each([
    [{ service }, `Packed for ${service}, which gets no token.`],
    [{ service, client, tenant }, `Packed for ${service}, which gets tokens of Entra ID.`],
    [{ service, 'extension-tokens': true }, `Packed for ${service}, which gets the extension's tokens.`],
    [
      { service, client, tenant, 'extension-tokens': true },
      `Packed for ${service}, which gets tokens of Entra ID, and the extension's where the host cannot sign in.`,
    ],
    [{}, 'Packed without a service: users confirm the address in the settings, which gets no token.'],
    [
      { client, tenant },
      'Packed without a service: users confirm the address in the settings, which gets tokens of Entra ID.',
    ],
  ])('are told in a sentence: %j', (options, sentence) => {
    expect(describePackedService(readPackedService(options))).toBe(sentence);
  });
});

it('a page without a place for the values is refused', () => {
  expect(() => withPackedService('<html>', readPackedService({ service }))).toThrow(
    'A page has no <meta name="deployments-service" content="">: run `npm run build` first',
  );
});
