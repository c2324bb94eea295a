import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { preParsingHookHandler } from 'fastify';
import { bodyLimitBytes } from './server-options.ts';

/** Answers to requests whose bodies are only sent once they are asked for; whether the connection is to be kept then. */
const awaited = new WeakMap<ServerResponse, boolean>();

/**
 * Lets a request with `Expect: 100-continue` come in without its body (RFC 9110 section 10.1.1). Its client need not
 * send what was never asked for, so unless it is, the connection ends with the answer.
 */
export function awaitDemand(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    awaited.set(response, response.shouldKeepAlive);
    response.shouldKeepAlive = false;
    server.emit('request', request, response);
  });
}

/** Asks for the body of a request that was admitted, but for one that is known to be too large. */
export const demandBody: preParsingHookHandler = ({ headers }, { raw }, payload, done) => {
  const isKept = awaited.get(raw);
  if (isKept !== undefined && !(Number(headers['content-length']) > bodyLimitBytes)) {
    raw.shouldKeepAlive = isKept;
    raw.writeContinue();
  }
  done(null, payload);
};
