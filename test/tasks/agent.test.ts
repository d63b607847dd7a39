import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Agent } from '../../tasks/WaitForDeploymentsV1/agent.ts';
import { agentLibrary } from '../support/tasks/agent-library.ts';

const require = createRequire(import.meta.url);
const library = require('azure-pipelines-task-lib/taskcommand') as {
  TaskCommand: new (name: string, properties: object, message: string) => { toString(): string };
};

function written(act: (agent: Agent) => void, environment: Record<string, string> = {}): string {
  let output = '';
  act(
    new Agent(agentLibrary({ AGENT_TEMPDIRECTORY: tmpdir(), ...environment }), (text) => {
      output += text;
    }),
  );
  return output;
}

describe('the agent', () => {
  it('is sent commands that read as those of the official library, whatever is in them', () => {
    const text = fc.string({ unit: 'grapheme' }).map((part) => part.replaceAll('=', ''));
    const awkward = fc.constantFrom('100%;', 'a]b', '\r\n', '%0A', '%AZP25', '##vso[task.complete]x');
    const any = fc.oneof(text, awkward);
    fc.assert(
      fc.property(any, any, any, (first, second, message) => {
        const properties = { first: `x${first}`, second };
        const expected = new library.TaskCommand('area.event', properties, message).toString();
        const given = written((agent) => agent.command('area.event', properties, message));
        expect(given).toBe(`${expected}\n`);
      }),
    );
  });

  it('never gets a command or a second line out of text that is only logged', () => {
    const parts = fc.array(
      fc.constantFrom('##vso[', '##[', '#', '##', '\n', '\r', '\u2028', 'a', '[', 'VSO[', '##VSO['),
    );
    fc.assert(
      fc.property(
        parts.map((list) => list.join('')),
        (text) => {
          const output = written((agent) => agent.log(text));
          expect(output.match(/\n|\r|\u2028/g)).toHaveLength(1);
          expect(output).not.toMatch(/##(vso)?\[/i);
        },
      ),
    );
  });

  it('gives inputs, variables and service connections from the environment', () => {
    const agent = new Agent(
      agentLibrary({
        AGENT_TEMPDIRECTORY: tmpdir(),
        INPUT_WAITFOR: ' started ',
        INPUT_SOURCES: ' ',
        BUILD_BUILDID: '7',
        ENDPOINT_URL_abc: 'https://service.example',
        ENDPOINT_AUTH_SCHEME_abc: 'Token',
        ENDPOINT_AUTH_PARAMETER_abc_APITOKEN: 'secret',
        ENDPOINT_DATA_abc_AUDIENCE: 'api://x',
      }),
      () => {},
    );
    expect(agent.input('waitFor')).toBe('started');
    expect(agent.input('sources')).toBeUndefined();
    expect(agent.variable('Build.BuildId')).toBe('7');
    const connection = agent.serviceConnection('abc');
    expect([
      connection.url,
      connection.scheme,
      connection.parameter('apitoken'),
      connection.data('audience'),
    ]).toEqual(['https://service.example', 'Token', 'secret', 'api://x']);
  });

  it('still knows a secret after the temporary folder was cleaned, as a wait lasts for hours', () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-temp-'));
    const environment = { AGENT_TEMPDIRECTORY: folder, ENDPOINT_AUTH_PARAMETER_abc_APITOKEN: 'secret' };
    const connection = new Agent(agentLibrary(environment), () => {}).serviceConnection('abc');
    expect(connection.parameter('apitoken')).toBe('secret');
    rmSync(folder, { recursive: true });
    expect(connection.parameter('apitoken')).toBe('secret');
  });

  it('shows stars where a hidden text would be, in lines, commands and properties', () => {
    const output = written((agent) => {
      agent.hide('hunter22');
      agent.log('a hunter22');
      agent.log('b hunter22 hunter22');
      agent.command('x.y', { p: 'd hunter22' }, 'e hunter22');
    });
    expect(output).not.toContain('hunter22');
    expect(output.match(/\*\*\*/g)).toHaveLength(5);
  });
});
