/** The thread behind `startEngine`: an engine until it is told to close. */
import { parentPort, workerData } from 'node:worker_threads';
import { createEngine, type EngineOptions, type ThreadMessage } from './engine.ts';

const options: EngineOptions = workerData;

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

try {
  const engine = await createEngine(options);
  parentPort?.once('message', async () => {
    await engine.close();
    tell({ closed: true });
    parentPort?.close();
  });
  tell({ url: engine.url });
} catch (error) {
  tell({ error: error instanceof Error ? error.message : String(error) });
}
