/** The thread behind `startEngine`: runs an engine until it receives `close`. */
import { parentPort, workerData } from 'node:worker_threads';
import { createEngine, type EngineOptions, type FromThread, type ToThread } from './engine.ts';
import { EngineStartError } from './start-error.ts';

const options: EngineOptions = workerData;

function send(message: FromThread): void {
  parentPort?.postMessage(message);
}

try {
  const engine = await createEngine(options);
  parentPort?.once('message', async (_: ToThread) => {
    await engine.close();
    send({ kind: 'closed' });
    parentPort?.close();
  });
  send({ kind: 'listening', url: engine.url });
} catch (error) {
  const problem = error instanceof EngineStartError ? error.problem : 'other';
  send({ kind: 'failed', problem, reason: error instanceof Error ? error.message : String(error) });
}
