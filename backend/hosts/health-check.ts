/**
 * The health check of a container that runs the server: exits with 0 if the process answers, else with 1 and the reason
 * in a line. It asks `/health/live`: a container must not be restarted because Kusto is away.
 */
import { printableLines } from '../../net/printable.ts';
import { readSetting } from '../../settings/reader.ts';
import { hostSettings } from '../settings.ts';

const timeoutMs = 4_000;
/** Addresses that a server may listen on, and nobody can ask. */
const everyAddress: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

try {
  const host = readSetting(hostSettings.host, process.env);
  const port = readSetting(hostSettings.port, process.env);
  const { status } = await fetch(`http://${everyAddress[host] ?? host}:${port}/health/live`, {
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (status !== 200) throw new Error(`status ${status}`);
} catch (error) {
  const { message, cause } = Object(error);
  process.stderr.write(`${printableLines(`The server does not answer: ${Object(cause).code ?? message}`)}\n`);
  process.exitCode = 1;
}
