/** A bare Fastify route that gives the same bytes: what no cache can be faster than. */
import fastify from 'fastify';
import { answerParent } from './child.ts';

const [path = '', body = ''] = process.argv.slice(2);
const app = fastify();
app.get(path, (_request, reply) => reply.type('application/json; charset=utf-8').send(body));
answerParent(await app.listen({ host: '127.0.0.1', port: 0 }));
