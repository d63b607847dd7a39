/** Where the CLI sends the token of the deployments service, and where it does not. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { runCommand } from '../../support/command-line.ts';
import { projectId } from '../../support/tasks/deployments-service.ts';

let received: (string | undefined)[];
let target: Server;
let redirecting: Server;

beforeEach(async () => {
  received = [];
  target = createServer(({ headers }, response) => {
    received.push(headers.authorization);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  redirecting = createServer(({ url }, response) => {
    response.writeHead(307, { location: `${urlOf(target)}${url}` }).end();
  });
  await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const server of [target, redirecting]) server.close();
});

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const build = ['-o', 'contoso', '-p', projectId, '-b', '7'];
const token = 'secret-token';

it.each([
  ['get', 'build', ...build],
  ['get', 'deployment', '-s', 'Ev2', '-i', 'a/b'],
  ['get', 'payload', '-s', 'Ev2', '-i', 'a/b'],
  ['watch', ...build],
  ['wait', ...build],
])('%s %s refuses plain http to another machine before it sends anything, and says why', async (...argv) => {
  const environment = { DEPLOYMENTS_TOKEN: token, DEPLOYMENTS_URL: 'http://deployments.example.com:8080/x' };
  const { exitCode, err } = await runCommand(argv, environment);
  expect(exitCode).toBe(2);
  expect(err).toBe(
    'error: --url http://deployments.example.com:8080 is plain http on another machine, so the token in $DEPLOYMENTS_TOKEN is not sent there: give an https URL, or unset the token',
  );
});

it('sends it to this machine', async () => {
  const environment = { DEPLOYMENTS_TOKEN: token, DEPLOYMENTS_URL: urlOf(target) };
  expect((await runCommand(['get', 'build', ...build], environment)).exitCode).toBe(1);
  expect(received).toEqual([`Bearer ${token}`]);
});

it('follows no redirect with it, and follows one without', async () => {
  const environment = { DEPLOYMENTS_URL: urlOf(redirecting) };
  const refused = await runCommand(['get', 'build', ...build], { ...environment, DEPLOYMENTS_TOKEN: token });
  expect(refused).toMatchObject({ exitCode: 3, err: 'error: The server returned status 307.' });
  expect(received).toEqual([]);
  expect((await runCommand(['get', 'build', ...build], environment)).exitCode).toBe(1);
  expect(received).toEqual([undefined]);
});

it('signs in to no cluster over plain http on another machine', async () => {
  const argv = ['kusto', 'plan', '-c', 'http://kusto.example.com', '--auth', 'azureCli'];
  const { exitCode, err } = await runCommand(argv);
  expect(exitCode).toBe(2);
  expect(err).toContain('--auth azureCli would send a token to http://kusto.example.com over plain http');
});
