import fc from 'fast-check';
import { parseAddress, parseOrganizationUrl } from '../../azure-devops/address.ts';

const project = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';

/** Organization, its URL, project and build, as short as a table row. */
function read(text: string): unknown[] | undefined {
  const address = parseAddress(new URL(text));
  return address && [address.organization.name, address.organization.url, address.project, address.buildId];
}

describe('an address in the cloud', () => {
  it.each([
    [
      `https://dev.azure.com/Contoso/webshop/_build/results?buildId=479&view=results`,
      ['Contoso', 'https://dev.azure.com/Contoso', 'webshop', 479],
    ],
    [
      `https://contoso.visualstudio.com/${project}/_build/results?buildId=479`,
      ['contoso', 'https://contoso.visualstudio.com', project, 479],
    ],
    [
      `https://contoso.visualstudio.com/DefaultCollection/${project}/_apis/build/Builds/479`,
      ['contoso', 'https://contoso.visualstudio.com', project, 479],
    ],
    [
      `https://dev.azure.com/contoso/Web%20shop/_apis/pipelines/7/runs/479`,
      ['contoso', 'https://dev.azure.com/contoso', 'Web shop', 479],
    ],
    [
      `https://contoso.vsrm.visualstudio.com/${project}/_apis/Release/releases/3`,
      ['contoso', 'https://contoso.visualstudio.com', project, undefined],
    ],
    [
      `https://vsrm.dev.azure.com/contoso/${project}/_apis/Release/releases/3`,
      ['contoso', 'https://dev.azure.com/contoso', project, undefined],
    ],
    [
      'https://dev.azure.com/contoso/_apis/projects',
      ['contoso', 'https://dev.azure.com/contoso', undefined, undefined],
    ],
    [
      'https://dev.azure.com/contoso/webshop',
      ['contoso', 'https://dev.azure.com/contoso', 'webshop', undefined],
    ],
  ])('is read from %s', (url, expected) => {
    expect(read(url)).toEqual(expected);
  });
});

describe('an address on a server', () => {
  it.each([
    [
      `https://devops.example.cn/NewSoftCollection/${project}/_build/results?buildId=479`,
      ['devops.example.cn/NewSoftCollection', 'https://devops.example.cn/NewSoftCollection', project, 479],
    ],
    [
      `https://tfs.example.com:8443/tfs/Main%20Collection/webshop/_git/shop`,
      [
        'tfs.example.com:8443/tfs/Main Collection',
        'https://tfs.example.com:8443/tfs/Main%20Collection',
        'webshop',
        undefined,
      ],
    ],
    [
      'http://tfs.example.com/tfs/My_Collection/_apis/projects',
      ['tfs.example.com/tfs/My_Collection', 'http://tfs.example.com/tfs/My_Collection', undefined, undefined],
    ],
    [
      `https://server/a/b/Main/${project}/_apis/build/builds/7`,
      ['server/a/b/Main', 'https://server/a/b/Main', project, 7],
    ],
  ])('is read from %s', (url, expected) => {
    expect(read(url)).toEqual(expected);
  });
});

describe('collections of one name', () => {
  it('are two organizations if they are on two servers, on two ports or below two paths', () => {
    const urls = ['https://one/Main', 'https://two/Main', 'https://one:8443/Main', 'https://one/tfs/Main'];
    const names = urls.map((url) => parseOrganizationUrl(new URL(url))?.name);
    expect(names).toEqual(['one/Main', 'two/Main', 'one:8443/Main', 'one/tfs/Main']);
  });
});

describe('what is not an address of Azure DevOps', () => {
  it.each([
    'https://github.com/contoso/shop.git',
    'https://dev.azure.com/',
    'https://dev.azure.com/two%20words/webshop/_build',
    'https://app.vssps.visualstudio.com/_signin',
    `https://spsprodcus1.vssps.visualstudio.com/A1/${project}/_apis/x`,
    'https://visualstudio.com/x/_apis/y',
    'https://server/_apis/projects',
    'https://server/%00/_apis/projects',
    'https://server/%E0%A4%A/_apis/projects',
    'https://server/Main/%1B%5B31m/_apis/projects',
    'ftp://dev.azure.com/contoso/webshop/_build',
    'vstfs:///Build/Build/479',
  ])('is left alone: %s', (url) => {
    expect(read(url)).toBeUndefined();
  });

  it.each(['0', '-1', '1.5', 'x', '2147483648', '99999999999'])('names no build %s', (id) => {
    const url = `https://dev.azure.com/contoso/webshop/_build/results?buildId=${id}`;
    expect(parseAddress(new URL(url))).toEqual({
      organization: { name: 'contoso', url: 'https://dev.azure.com/contoso' },
      project: 'webshop',
    });
  });

  it('never throws, whatever the path', () => {
    const hosts = fc.constantFrom('https://dev.azure.com', 'https://a.visualstudio.com', 'https://server');
    fc.assert(
      fc.property(hosts, fc.webPath(), fc.string(), (host, path, query) => {
        const url = new URL(`${host}${path}?buildId=${query}`);
        expect([parseAddress(url), parseOrganizationUrl(url)]).toHaveLength(2);
      }),
    );
  });
});

describe('the URL of an organization', () => {
  it.each([
    ['https://dev.azure.com/contoso/', 'contoso', 'https://dev.azure.com/contoso'],
    ['https://contoso.visualstudio.com/', 'contoso', 'https://contoso.visualstudio.com'],
    ['https://contoso.visualstudio.com/DefaultCollection', 'contoso', 'https://contoso.visualstudio.com'],
    ['https://vsrm.dev.azure.com/contoso/', 'contoso', 'https://dev.azure.com/contoso'],
    ['https://contoso.vsrm.visualstudio.com/', 'contoso', 'https://contoso.visualstudio.com'],
    ['https://tfs.example.com/tfs/Main/', 'tfs.example.com/tfs/Main', 'https://tfs.example.com/tfs/Main'],
    ['https://server/My_Collection', 'server/My_Collection', 'https://server/My_Collection'],
    ['https://server/a%20b', 'server/a b', 'https://server/a%20b'],
  ])('is read from %s', (text, name, url) => {
    expect(parseOrganizationUrl(new URL(text))).toEqual({ name, url });
  });

  it.each([
    'https://dev.azure.com/contoso/webshop',
    'https://contoso.visualstudio.com/webshop',
    'https://dev.azure.com/contoso/_apis/projects',
    'https://server/Main/_apis/projects',
    'https://server/',
    'https://server/a%2Fb',
    'https://server/a%2Fb/Main',
    `https://server/${'x/'.repeat(100)}Main`,
  ])('is not %s', (text) => {
    expect(parseOrganizationUrl(new URL(text))).toBeUndefined();
  });
});
