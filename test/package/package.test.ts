/** Opens the packed extension and checks what the packer does not: it ships whatever it is given. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from '../../scripts/package/pack.ts';
import { readZip } from '../support/zip.ts';

const packages = 'dist/packages';

interface Contribution {
  readonly id: string;
  readonly type: string;
  readonly targets: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Manifest {
  readonly scopes: readonly string[];
  readonly contributions: readonly Contribution[];
}

interface Task {
  readonly id: string;
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
  readonly execution: Readonly<Record<string, { readonly target?: string }>>;
}

/** A packed extension, with what its manifests say about its files. */
class Package {
  readonly files: Map<string, Buffer>;
  readonly size: number;
  readonly manifest: Manifest;
  readonly vsixManifest: string;

  constructor(file: string) {
    const zip = readFileSync(path.join(packages, file));
    this.size = zip.length;
    this.files = readZip(zip);
    this.manifest = JSON.parse(this.text('extension.vsomanifest'));
    this.vsixManifest = this.text('extension.vsixmanifest');
  }

  text(name: string): string {
    const content = this.files.get(name);
    if (!content) throw new Error(`the package has no ${name}`);
    return content.toString('utf8');
  }

  /** Whether a browser can fetch the file from the Marketplace. */
  isAddressable(name: string): boolean {
    const asset = this.vsixManifest.split('<Asset ').find((part) => part.includes(`Path="${name}"`));
    return asset?.includes('Addressable="true"') ?? false;
  }

  contributionsOf(type: string): Contribution[] {
    return this.manifest.contributions.filter((contribution) => contribution.type === type);
  }

  get tasks(): { folder: string; task: Task }[] {
    return this.contributionsOf('ms.vss-distributed-task.task').map(({ properties }) => {
      const folder = String(properties.name);
      return { folder, task: JSON.parse(this.text(`${folder}/task.json`)) };
    });
  }

  get endpointTypes(): string[] {
    return this.contributionsOf('ms.vss-endpoint.service-endpoint-type').map(({ properties }) =>
      String(properties.name),
    );
  }
}

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Scripts with Microsoft's library for signing in, which names the addresses of Entra ID in every cloud. */
const isLibrary = (name: string) => /-msal\.js$/.test(name);
/** Namespaces, React's explanations of its errors, the example beside the field for the address, and Entra ID. */
const knownAddresses = [
  'http://www.w3.org',
  'https://deployments.contoso.com',
  'https://fb.me',
  'https://login.microsoftonline.com',
  'https://reactjs.org',
];
const gzippedKilobytes = (contents: readonly Buffer[]) =>
  contents.reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0) / 1024;

/** Packages both variants as `npm run package` with these options. */
function packageWith(...options: string[]): { production: Package; development: Package } {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/package.ts', ...options], { stdio: 'pipe' });
  const files = readdirSync(packages);
  return {
    production: new Package(files.find((file) => !file.includes('-dev-')) ?? ''),
    development: new Package(files.find((file) => file.includes('-dev-')) ?? ''),
  };
}

/** The service that each page of a package may send tokens to. */
function packedServices(extension: Package): (string | undefined)[] {
  return [...extension.files.keys()]
    .filter((name) => name.endsWith('.html'))
    .map((name) => /<meta name="deployments-service" content="([^"]*)">/.exec(extension.text(name))?.[1]);
}

describe('an extension that is packed for a service', () => {
  it('has the address in every page of both variants, and nowhere else', () => {
    const { production, development } = packageWith('--service', 'https://Deployments.fabrikam.com/a&b/');
    const address = 'https://deployments.fabrikam.com/a&amp;b';
    for (const extension of [production, development]) {
      expect(packedServices(extension)).toEqual(Array(5).fill(address));
      const others = [...extension.files].filter(([name]) => !name.endsWith('.html'));
      expect(others.filter(([, content]) => content.includes('fabrikam'))).toEqual([]);
    }
  });

  it.each([
    ['http://deployments.fabrikam.com'],
    ['https://deployments.fabrikam.com/?x=1'],
    ['https://user:word@deployments.fabrikam.com'],
    ['deployments.fabrikam.com'],
    [''],
  ])('is not made for %j, and says what would be right', (address) => {
    expect(() => packageWith('--service', address)).toThrow(/--service must be an https URL without a query/);
  });

  it('has the application in every page too, in lower case, and whether the extension may send its own tokens', () => {
    const { production } = packageWith(
      ...[
        '--service',
        'https://deployments.fabrikam.com',
        '--client',
        'AAAAAAAA-0000-4000-8000-000000000001',
      ],
      ...['--tenant', 'bbbbbbbb-0000-4000-8000-000000000002', '--audience', 'api://deployments'],
      '--extension-tokens',
    );
    for (const page of ['build-results', 'hub', 'pull-request', 'settings', 'work-item'])
      expect(
        [...production.text(`pages/${page}.html`).matchAll(/<meta name="deployments-([^>]*)>/g)].map(
          ([, value]) => value,
        ),
      ).toEqual([
        'service" content="https://deployments.fabrikam.com"',
        'client" content="aaaaaaaa-0000-4000-8000-000000000001"',
        'tenant" content="bbbbbbbb-0000-4000-8000-000000000002"',
        'audience" content="api://deployments"',
        'extension-tokens" content="yes"',
      ]);
  });

  it('is not made with an option that does not exist', () => {
    expect(() => packageWith('--servce', 'https://deployments.fabrikam.com')).toThrow(
      /Unknown option '--servce'/,
    );
  });
});

describe('the packed extension', () => {
  let production: Package;
  let development: Package;

  beforeAll(() => {
    ({ production, development } = packageWith());
  });

  it('has every page that it contributes, addressable, with every file that the page asks for', () => {
    const pages = production.manifest.contributions
      .map(({ properties }) => properties.uri)
      .filter((uri) => typeof uri === 'string');
    expect(pages.sort()).toEqual([
      'pages/build-results.html',
      'pages/hub.html',
      'pages/pull-request.html',
      'pages/settings.html',
      'pages/work-item.html',
    ]);
    for (const page of pages) {
      const assets = [...production.text(page).matchAll(/(?:src|href)="([^"]+)"/g)].map(
        ([, file]) => `pages/${file}`,
      );
      const fonts = assets
        .filter((file) => file.endsWith('.css'))
        .flatMap((file) =>
          [...production.text(file).matchAll(/url\("?([\w./-]+)"?\)/g)].map(([, font]) => `pages/${font}`),
        );
      expect(assets.length).toBeGreaterThanOrEqual(2);
      for (const file of [page, ...assets, ...fonts]) {
        expect([file, production.files.has(file), production.isAddressable(file)]).toEqual([
          file,
          true,
          true,
        ]);
      }
    }
  });

  it('asks for the right to read builds and for nothing else', () => {
    expect(production.manifest.scopes).toEqual(['vso.build']);
    expect(development.manifest.scopes).toEqual(['vso.build']);
  });

  it('puts its settings where only administrators of the organization look', () => {
    const settings = production
      .contributionsOf('ms.vss-web.hub')
      .find(({ id }) => id === 'deployments-settings');
    expect(settings?.targets).toEqual(['ms.vss-web.collection-admin-hub-group']);
    expect(settings?.properties).toMatchObject({ name: 'Deployments', uri: 'pages/settings.html' });
  });

  it('puts the hub under Pipelines', () => {
    const hub = production.contributionsOf('ms.vss-web.hub').find(({ id }) => id === 'deployments-hub');
    expect(hub?.targets).toEqual(['ms.vss-build-web.build-release-hub-group']);
    expect(hub?.properties).toMatchObject({ name: 'Deployments', uri: 'pages/hub.html' });
  });

  it('puts a tab on pull requests and a group into the form of work items', () => {
    const [tab] = production.contributionsOf('ms.vss-web.tab');
    expect(tab?.targets).toEqual(['ms.vss-code-web.pr-tabs']);
    expect(tab?.properties).toEqual({ name: 'Deployments', uri: 'pages/pull-request.html' });
    const [group] = production.contributionsOf('ms.vss-work-web.work-item-form-group');
    expect(group?.targets).toEqual(['ms.vss-work-web.work-item-form']);
    expect(group?.properties).toEqual({ name: 'Where is it', uri: 'pages/work-item.html', height: 320 });
  });

  it('holds no address of any backend', () => {
    const scripts = [...production.files].filter(
      ([name]) => /^pages\/.*\.js$/.test(name) && !isLibrary(name),
    );
    const hosts = scripts.flatMap(
      ([, content]) => content.toString('utf8').match(/https?:\/\/[\w-]+(\.[\w-]+)+/g) ?? [],
    );
    expect([...new Set(hosts)].sort()).toEqual(knownAddresses);
    expect(packedServices(production)).toEqual(Array(5).fill(''));
  });

  it('shows the tab on every build, whatever tasks its pipeline has', () => {
    const [tab] = production.contributionsOf('ms.vss-build-web.build-results-tab');
    expect(tab?.properties).toEqual({ name: 'Deployments', uri: 'pages/build-results.html' });
  });

  it.each([['production'], ['development']])(
    'has tasks that can run, with ids of their own: %s',
    (variant) => {
      const { tasks, endpointTypes, files } = variant === 'production' ? production : development;
      expect(tasks.map(({ task }) => task.name.replace(/Dev$/, ''))).toEqual([
        'WaitForDeployments',
        'WaitForDeploymentsGate',
      ]);
      expect(new Set(tasks.map(({ task }) => task.id)).size).toBe(2);
      for (const { folder, task } of tasks) {
        expect(task.id).toMatch(guid);
        expect(files.has(`${folder}/icon.png`)).toBe(true);
        const targets = Object.values(task.execution).flatMap(({ target }) => target ?? []);
        for (const target of targets) expect([...files.keys()]).toContain(`${folder}/${target}`);
        const connections = task.inputs.flatMap(
          ({ type }) => /^connectedService:(.+)$/.exec(type)?.[1] ?? [],
        );
        expect(connections).toEqual(endpointTypes);
      }
    },
  );

  it('shares no global name between its two variants', () => {
    const names = (one: Package) => [
      ...one.tasks.flatMap(({ task }) => [task.id, task.name]),
      ...one.endpointTypes,
    ];
    expect(names(production).filter((name) => names(development).includes(name))).toEqual([]);
    expect(development.vsixManifest).toContain('Id="deployments-for-azure-pipelines-dev"');
  });

  it('has what the Marketplace shows: overview, licence, icon and the pictures that they name', () => {
    const overview = production.text('marketplace/overview.md');
    const pictures = [...overview.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(
      ([, file]) => `marketplace/${file}`,
    );
    expect(pictures.length).toBeGreaterThan(0);
    for (const file of [...pictures, 'marketplace/LICENSE.md', 'marketplace/icon.png'])
      expect([file, production.isAddressable(file)]).toEqual([file, true]);
  });

  it('ships nothing that it does not need', () => {
    const unwanted = [...production.files.keys()].filter((name) =>
      /\.map$|node_modules|\.tsx?$|package\.json$/.test(name),
    );
    expect(unwanted).toEqual([]);
  });

  it('is not made at all when the packer warns of something', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'staged-'));
    try {
      cpSync('dist/staging/production', folder, { recursive: true });
      const manifest = path.join(folder, 'vss-extension.json');
      const { targets: _, ...withoutTargets } = JSON.parse(readFileSync(manifest, 'utf8'));
      writeFileSync(manifest, JSON.stringify(withoutTargets));
      expect(() => pack(folder, path.join(folder, 'out.vsix'))).toThrow(
        /without warnings:\n.*No recognized targets/s,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('loads the charts apart from the page that shows them', () => {
    const scriptsOf = (page: string) =>
      [...production.text(`pages/${page}.html`).matchAll(/src="([^"]+)"/g)].map(([, file]) => String(file));
    expect(scriptsOf('hub')).not.toContain('beside-charts.js');
    expect(production.files.has('pages/beside-charts.js')).toBe(true);
    expect(production.isAddressable('pages/beside-charts.js')).toBe(true);
    expect(scriptsOf('build-results').filter((file) => scriptsOf('hub').includes(file))).toEqual([]);
  });

  it('loads what signs users in apart from every page, and the library apart from that', () => {
    const started = ['build-results', 'hub', 'settings'].flatMap((page) =>
      [...production.text(`pages/${page}.html`).matchAll(/src="([^"]+)"/g)].map(
        ([, file]) => `pages/${file}`,
      ),
    );
    expect(started.filter((file) => /sign-in|msal|confirm/.test(file))).toEqual([]);
    for (const bundle of ['shared', 'beside']) {
      for (const chunk of ['sign-in', 'msal', 'confirm'])
        expect(production.isAddressable(`pages/${bundle}-${chunk}.js`)).toBe(true);
      expect(production.text(`pages/${bundle}-msal.js`)).toContain('acquireTokenPopup');
    }
    const others = [...production.files].filter(([name]) => name.endsWith('.js') && !isLibrary(name));
    expect(
      others.filter(([, content]) => content.includes('NestedAppAuthRequest')).map(([name]) => name),
    ).toEqual(['pages/beside.js', 'pages/shared.js']);
  });

  it('keeps to its budget of size', () => {
    const pagesOf = (extension: string) =>
      [...production.files]
        .filter(([name]) => name.startsWith('pages/') && name.endsWith(extension))
        .map(([, content]) => content);
    const scripts = (name: RegExp) =>
      [...production.files]
        .filter(([file]) => file.endsWith('.js') && name.test(file))
        .map(([, content]) => content);
    const fonts = pagesOf('.woff2').reduce((sum, font) => sum + font.length, 0) / 1024;
    expect(gzippedKilobytes(scripts(/^pages\/(build-results|shared)\.js$/))).toBeLessThanOrEqual(130);
    expect(gzippedKilobytes(scripts(/^pages\/(hub|beside)\.js$/))).toBeLessThanOrEqual(160);
    expect(gzippedKilobytes(scripts(/-sign-in\.js$/)) / 2).toBeLessThanOrEqual(5);
    expect(gzippedKilobytes(scripts(/-msal\.js$/)) / 2).toBeLessThanOrEqual(85);
    for (const page of ['pull-request', 'work-item'])
      expect(gzippedKilobytes(scripts(new RegExp(`^pages/(${page}|beside)\\.js$`)))).toBeLessThanOrEqual(90);
    expect(gzippedKilobytes(scripts(/^pages\/beside-charts/))).toBeLessThanOrEqual(30);
    expect(gzippedKilobytes(pagesOf('.css'))).toBeLessThanOrEqual(45);
    expect(fonts).toBeLessThanOrEqual(10);
    // Each bundle has the library for signing in, of which a page loads one if any.
    expect(production.size / 1024).toBeLessThanOrEqual(750);
  });
});
