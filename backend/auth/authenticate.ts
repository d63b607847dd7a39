/** Gives every request its caller. With `AUTH=none` nothing is asked: only this machine reaches the server. */
import type { FastifyInstance } from 'fastify';
import { anyoneHere } from './caller.ts';

/** Sets `request.caller` before any hook that is added later runs. */
export function authenticate(app: FastifyInstance): void {
  app.decorateRequest('caller');
  app.addHook('onRequest', (request, _reply, done) => {
    request.caller = anyoneHere;
    done();
  });
}
