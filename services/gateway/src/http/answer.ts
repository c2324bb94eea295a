import type { FastifyReply } from 'fastify';

/** What goes back over HTTP: `json` or `text`, never both; neither is an empty body. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  /** Names in lower case. A `content-type` here replaces the one of JSON. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Lines of `Set-Cookie`. */
  readonly cookies?: readonly string[];
}

const jsonType = 'application/json; charset=utf-8';

export function send(reply: FastifyReply, { status, json, text, headers, cookies }: Answer): void {
  reply.code(status);
  if (json !== undefined) reply.header('content-type', jsonType);
  if (headers !== undefined) reply.headers(headers);
  if (cookies !== undefined) reply.header('set-cookie', [...cookies]);
  reply.send(json === undefined ? text : JSON.stringify(json));
}

/** The same answer with more headers. */
export function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
