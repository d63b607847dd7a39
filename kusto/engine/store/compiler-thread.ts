/**
 * The thread behind `CompilerThread`. It loads the parser as soon as it starts, since the first query will need
 * it, and keeps the catalogues that may still be referred to.
 */
import { parentPort } from 'node:worker_threads';
import { Catalog } from '../catalog.ts';
import { compileQuery } from '../compile.ts';
import { compileTask, ReceivedCatalogs } from './compiler.ts';
import { type CompilerReply, type CompilerRequest, replyTo } from './messages.ts';

const catalogs = new ReceivedCatalogs();

parentPort?.on('message', (request: CompilerRequest) => {
  const message: CompilerReply = { id: request.id, reply: replyTo(() => compileTask(catalogs, request)) };
  parentPort?.postMessage(message);
});

compileQuery(new Catalog(''), 'print 1');
