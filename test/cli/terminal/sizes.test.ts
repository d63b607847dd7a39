/** What fits a terminal, and what is drawn over what was there. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import type { OutputStream } from '../../../cli/terminal/capabilities.ts';
import { createPrinter } from '../../../cli/terminal/printer.ts';
import { runCommand } from '../../support/command-line.ts';

const esc = '\u001b';

/** A stream that remembers, and its printer without colours. */
function terminal(size: Omit<OutputStream, 'write'>) {
  const written: string[] = [];
  const printer = createPrinter({ ...size, write: (text) => written.push(text) }, { NO_COLOR: '1' });
  return { written, printer };
}

describe('a table', () => {
  const headings = ['SERVICE', 'DEPLOYMENT'];
  const rows = [['cart', 'storefront/7b0c9d4e-2f61-4c7e-9d0a-5f3e8c1b2a60/prod']];

  it.each([[30], [40], [70]])('fits %d columns: long cells lose their middle', (columns) => {
    const { written, printer } = terminal({ isTTY: true, columns });
    printer.table(headings, rows);
    const [, line = ''] = written.join('').split('\n');
    expect([...line].length).toBeLessThanOrEqual(columns);
    expect(line.startsWith('cart')).toBe(true);
    expect(line.endsWith('/prod')).toBe(true);
    expect(line.includes('…')).toBe(columns < 70);
  });

  it('keeps eight characters of a column in a window that is too small for all', () => {
    const { written, printer } = terminal({ isTTY: true, columns: 10 });
    printer.table(headings, rows);
    expect(written.join('').split('\n')[1]).toBe('cart     stor…rod');
  });

  it('is whole in a pipe, and does not split what people count as one character', () => {
    const pipe = terminal({});
    pipe.printer.table(headings, rows);
    expect(pipe.written.join('')).toContain('7b0c9d4e-2f61-4c7e-9d0a-5f3e8c1b2a60');
    const small = terminal({ isTTY: true, columns: 8 });
    small.printer.table(['NAME'], [['👩‍🚀'.repeat(12)]]);
    expect(small.written.join('')).toBe(`NAME\n${'👩‍🚀'.repeat(4)}…${'👩‍🚀'.repeat(3)}\n`);
  });
});

describe('a frame', () => {
  it('is drawn over the one before it on a terminal', () => {
    const { written, printer } = terminal({ isTTY: true, rows: 24 });
    printer.frame((frame) => frame.block('one\ntwo'));
    printer.frame((frame) => frame.line('three'));
    expect(written).toEqual(['one\ntwo\n', `${esc}[2A${esc}[0Jthree\n`]);
  });

  it('is cut where it is higher than the terminal, so that the cursor finds its beginning', () => {
    const { written, printer } = terminal({ isTTY: true, rows: 5 });
    const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`);
    printer.frame((frame) => frame.block(lines.join('\n')));
    expect(written).toEqual(['line 0\nline 1\nline 2\n… and 6 more lines\n']);
    printer.frame((frame) => frame.line('short'));
    expect(written[1]).toBe(`${esc}[4A${esc}[0Jshort\n`);
  });

  it('is printed below the one before it in a pipe, and only if it has changed', () => {
    const { written, printer } = terminal({});
    for (const text of ['one', 'one', 'two']) printer.frame((frame) => frame.line(text));
    expect(written).toEqual(['one\n', 'two\n']);
  });
});

describe('completion', () => {
  it.each([
    [['deployments', 'wher'], 'where'],
    [['deployments', 'get', 'b'], 'build'],
    [['deployments', 'get', 'build', '--pro'], '--project'],
    [['deployments', 'changelog', 'poison', 're'], 'replay'],
    [['deployments', 'kusto', 'nothing'], ''],
  ])('bash completes %j to %s', async (words, expected) => {
    const { out, exitCode } = await runCommand(['completion', 'bash']);
    expect(exitCode).toBe(0);
    const script = `${out}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _deployments; echo "\${COMPREPLY[@]}"`;
    const completed = execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
    expect(completed.trim()).toBe(expected);
  });

  it('every shell gets every command, and an unknown one is refused', async () => {
    for (const shell of ['zsh', 'fish']) {
      const { out } = await runCommand(['completion', shell]);
      for (const command of ['environments', 'where', 'reconcile', 'whoami']) expect(out).toContain(command);
    }
    expect((await runCommand(['completion', 'tcsh'])).exitCode).toBe(2);
  });
});
