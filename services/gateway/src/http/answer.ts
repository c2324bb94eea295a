import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** What goes back over HTTP: one of `json`, `text` and `stream`; none is an empty body. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  /** Bytes where many are sent the same. */
  readonly text?: string | Buffer;
  /**
   * Text that comes piece by piece. The next piece is asked for once the reader has taken the one before, so that a slow
   * reader holds two pieces of memory; a reader that is gone ends it.
   */
  readonly stream?: AsyncIterable<string>;
  /** Names in lower case. A `content-type` here replaces the one of JSON. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Lines of `Set-Cookie`. */
  readonly cookies?: readonly string[];
}

const jsonType = 'application/json; charset=utf-8';

export function send(reply: FastifyReply, { status, json, text, stream, headers, cookies }: Answer): void {
  reply.code(status);
  if (json !== undefined) reply.header('content-type', jsonType);
  if (headers !== undefined) reply.headers(headers);
  if (cookies !== undefined) reply.header('set-cookie', [...cookies]);
  if (stream !== undefined) {
    const body = stream instanceof Readable ? stream : Readable.from(stream, { objectMode: false, highWaterMark: 1 });
    if (reply.request.method !== 'HEAD') {
      reply.send(body);
      return;
    }
    // A HEAD has no body: read for nobody, one without an end would be read for ever.
    body.destroy();
    // Not nothing, and not an empty text: either would say that a GET brings 0 bytes.
    reply.send(Readable.from([]));
    return;
  }
  reply.send(json === undefined ? text : JSON.stringify(json));
}

/** The same answer with more headers. */
export function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
