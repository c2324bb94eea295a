// The raw limit of programs that ask over HTTP: validates the body of /verify with zod and sends it back, nothing more.
import { fastify } from 'fastify';
import { z } from 'zod';

const body = z.object({ username: z.string().min(1), password: z.string().min(1), api_key: z.string().min(1) });
const server = fastify();
server.post('/echo', (request, reply) => {
  const parsed = body.safeParse(request.body);
  return parsed.success ? reply.send(parsed.data) : reply.code(422).send({ detail: parsed.error.issues });
});
const address = await server.listen({ port: 0, host: '127.0.0.1' });
process.send?.(new URL(address).port);
