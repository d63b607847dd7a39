/** A bare Fastify route that gives the same bytes, headers included: what no cache can be faster than. */
import fastify from 'fastify';
import { answerParent } from './child.ts';

const [path = '', body = '', headers = '{}'] = process.argv.slice(2);
const sent: Readonly<Record<string, string>> = JSON.parse(headers);
const app = fastify();
app.get(path, (_request, reply) => reply.headers(sent).send(body));
answerParent(await app.listen({ host: '127.0.0.1', port: 0 }));
