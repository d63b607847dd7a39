/** What a terminal gets, and what a pipe gets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runDeployments } from '../../../cli/program.ts';
import { createPrinter } from '../../../cli/terminal/printer.ts';
import { programArguments } from '../../support/program.ts';
import {
  type DeploymentsService,
  projectId,
  startDeploymentsService,
} from '../../support/tasks/deployments-service.ts';
import { deployment } from '../../support/wait/world.ts';

let service: DeploymentsService;
beforeAll(async () => {
  service = await startDeploymentsService(() => [
    deployment('a', 'failed'),
    deployment('b', 'inProgress', { DeploymentUrl: 'javascript:alert(1)' }),
  ]);
});
afterAll(() => service.close());

const linking = { TERM: 'xterm-256color', TERM_PROGRAM: 'vscode' };
const esc = '\u001b';

/** What `get build` writes to a terminal, or to a pipe. */
async function written(environment: Readonly<Record<string, string>>, isTTY: boolean): Promise<string> {
  let out = '';
  const stream = {
    isTTY,
    write(text: string) {
      out += text;
    },
  };
  await runDeployments(['get', 'build', '-o', 'contoso', '-p', projectId, '-b', '7'], {
    environment: { DEPLOYMENTS_URL: service.url, ...environment },
    signal: new AbortController().signal,
    out: stream,
    err: stream,
  });
  return out;
}

describe('a terminal', () => {
  it('gets colours for states, and links to rollouts if it shows links', async () => {
    const out = await written(linking, true);
    expect(out).toContain(`${esc}[31mFailed${esc}[0m`);
    expect(out).toContain(`${esc}[36mIn progress${esc}[0m`);
    expect(out).toContain(`${esc}]8;;https://rollouts.example/a${esc}\\a${esc}]8;;${esc}\\`);
    expect(out).not.toContain('LINK');
    expect(out).not.toContain('javascript');
  });

  it('gets a column with the address if nobody knows that it shows links', async () => {
    const out = await written({ TERM: 'xterm' }, true);
    expect(out).toContain(`${esc}[31mFailed`);
    expect(out).not.toContain(`${esc}]8`);
    expect(out).toMatch(/LINK[^\n]*\n[^\n]*https:\/\/rollouts\.example\/a$/m);
    expect(out).not.toContain('javascript');
  });

  it.each<[Record<string, string>, boolean, boolean]>([
    [{ ...linking, NO_COLOR: '1' }, false, true],
    [{ ...linking, NO_COLOR: '' }, true, true],
    [{ ...linking, TERM: 'dumb' }, false, false],
    [{ ...linking, FORCE_COLOR: '0' }, false, true],
    [{ TERM: 'dumb', FORCE_COLOR: '1' }, true, false],
    [{ TERM: 'xterm', FORCE_HYPERLINK: '1' }, true, true],
    [{ TERM: 'xterm', VTE_VERSION: '7600' }, true, true],
    [{ TERM: 'xterm', VTE_VERSION: '4000' }, true, false],
  ])('with %j: colours %s, links %s', async (environment, colors, links) => {
    const out = await written(environment, true);
    expect(out.includes(`${esc}[`)).toBe(colors);
    expect(out.includes(`${esc}]8`)).toBe(links);
  });
});

describe('a pipe', () => {
  it('gets plain text, with the addresses', async () => {
    const out = await written(linking, false);
    expect(out).not.toContain(esc);
    expect(out).toMatch(/^Failed +Ev2 +a +2026-02-01 10:00:00 .*https:\/\/rollouts\.example\/a$/m);
  });

  it('gets colours if the environment insists', async () => {
    expect(await written({ FORCE_COLOR: '' }, false)).toContain(`${esc}[31m`);
  });

  it('may be closed by its reader, as head does: the command ends quietly, like one that SIGPIPE ends', async () => {
    const id = (index: number) => `${index}-${'x'.repeat(900)}`;
    service.answer = () => Array.from({ length: 500 }, (_, index) => deployment(id(index), 'completed'));
    const argv = ['get', 'build', '-o', 'contoso', '-p', projectId, '-b', '7'];
    const child = spawn(process.execPath, [...programArguments('cli/deployments.ts'), ...argv], {
      env: { PATH: process.env.PATH, DEPLOYMENTS_URL: service.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.stdout.destroy();
    const [exitCode] = await once(child, 'close');
    expect({ exitCode, err }).toEqual({ exitCode: 141, err: '' });
  });
});

describe('the printer', () => {
  const printed = (print: (printer: ReturnType<typeof createPrinter>) => void) => {
    let out = '';
    print(createPrinter({ write: (text) => (out += text) }, {}));
    return out;
  };

  it('keeps data on its line, and a block on its lines', () => {
    expect(printed(({ line }) => line('a\nerror: b\r\n', { text: 'c\td' }))).toBe('a error: b c d\n');
    expect(printed(({ block }) => block('a\r\nb\u001b[2J\u009b1m'))).toBe('a\nb\ufffd[2J\ufffd1m\n');
  });

  it('aligns what it has cleaned, by the characters that a reader sees', () => {
    const rows = [
      ['e\u0301a', 'x'],
      ['abc\n', 'y'],
      ['', 'z'],
    ];
    expect(printed(({ table }) => table(['A', 'B'], rows))).toBe(
      'A     B\ne\u0301a    x\nabc   y\n      z\n',
    );
  });

  it('prints JSON that is still the value, and harmless', () => {
    const value = { text: 'a\u001b]8;;\u0007\u009b\u202e\u2028\u{e0001}é' };
    const out = printed(({ json }) => json(value));
    expect(out).toMatch(/^[\x20-\x7eé]*\n$/);
    expect(JSON.parse(out)).toEqual(value);
  });
});
