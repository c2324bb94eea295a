import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

const statusOfCode: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Of each connection the answer to its latest request. */
const answers = new WeakMap<Socket, ServerResponse>();

export function rememberAnswer({ socket }: IncomingMessage, response: ServerResponse): void {
  answers.set(socket, response);
}

/**
 * Answers bytes that are no HTTP request, on the bare socket: there is no route yet, so the words are those that every
 * caller of the root contract reads. Where they are the body of a request that was answered without it, there is nothing
 * more to say: a second answer would be read as that of another request.
 */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  const answer = answers.get(socket);
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else if (answer?.headersSent === true && !answer.req.complete) socket.destroySoon();
  else socket.end(bareAnswer(statusOfCode[error.code ?? ''] ?? 400));
}

/**
 * Answers CONNECT, which no target here takes; Node would hang up without a word. What it hands over is nobody's any
 * more: its errors must be heard, and it would stay open for as long as its client likes.
 */
export function answerTunnel(_request: IncomingMessage, socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.write(bareAnswer(405, { allow: '' }));
  socket.destroySoon();
}

/** With the headers that Node and the admission would have given it. */
function bareAnswer(status: number, more: Readonly<Record<string, string>> = {}): string {
  const { reason, body, headers } = wordsOf(status);
  const all = Object.entries({ ...headers, ...more, date: new Date().toUTCString() });
  return `HTTP/1.1 ${status} ${reason}\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** Answers an `Expect` other than `100-continue` (RFC 9110 section 10.1.1), for which Node has no words. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const { body, headers } = wordsOf(417);
  response.writeHead(417, headers).end(body);
}

function wordsOf(status: number) {
  const reason = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ detail: reason });
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  };
  return { reason, body, headers };
}
