/**
 * The thread behind `CompilerThread`. It loads the parser as soon as it starts, since the first question
 * will need it, and keeps the catalogues that may still be asked about.
 */
import { parentPort } from 'node:worker_threads';
import { Catalog } from '../catalog.ts';
import { compileQuery } from '../compile.ts';
import { KqlError } from '../errors.ts';
import { answerQuestion, type CompilerAnswer, type CompilerQuestion, ReceivedCatalogs } from './compiler.ts';
import { bareMessage } from './relocate.ts';

const catalogs = new ReceivedCatalogs();

parentPort?.on('message', (question: CompilerQuestion) => parentPort?.postMessage(answerTo(question)));

compileQuery(new Catalog(''), 'print 1');

function answerTo({ id, catalog, ask }: CompilerQuestion): CompilerAnswer {
  try {
    return { id, value: answerQuestion(catalogs.get(catalog), ask) };
  } catch (error) {
    if (!(error instanceof KqlError))
      return { id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    const { code, position } = error;
    return { id, refused: { message: bareMessage(error), code, ...(position ? { position } : {}) } };
  }
}
