import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment } from '@evident/testing';

type Server = Pick<Deployment, 'url'>;

/** One answer as it stood on the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Status line and header lines, in their order and spelling, without the empty line. */
  readonly head: string;
  /** Values by lower-case name; of a header given twice all, joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Conversation {
  readonly answers: readonly RawAnswer[];
  /** The server closed the connection before the deadline. */
  readonly closed: boolean;
}

export interface ConversationOptions {
  /** Ends as soon as there are so many answers; default 1. */
  readonly answers?: number;
  /** Milliseconds after which it ends in any case; default 10,000. */
  readonly withinMs?: number;
  /** Says no more after this, as a client that shuts down its half of the connection. */
  readonly endsHalf?: boolean;
}

/** Sends these bytes, well formed or not, over a connection of their own, and reads what comes back. */
export async function converse(
  server: Server,
  sent: string | Buffer | readonly (string | Buffer)[],
  options: ConversationOptions = {},
): Promise<Conversation> {
  const { answers: wanted = 1, withinMs = 10_000, endsHalf = false } = options;
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let received = Buffer.alloc(0);
  let closed = false;
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (readAnswers(received).length >= wanted) end();
  });
  socket.on('end', () => {
    closed = true;
    end();
  });
  // The server may close while we still send, which is an answer too.
  socket.on('error', () => {
    closed = true;
    end();
  });
  const deadline = setTimeout(end, withinMs);
  await once(socket, 'connect');
  for (const part of [sent].flat() as (string | Buffer)[]) {
    if (closed || socket.destroyed) break;
    if (!socket.write(part)) await Promise.race([once(socket, 'drain'), over]);
  }
  if (endsHalf && !socket.destroyed) socket.end();
  await over;
  clearTimeout(deadline);
  socket.destroy();
  return { answers: readAnswers(received), closed };
}

/** Sends one well-formed request, and reads its only answer. */
export async function exchange(server: Server, request: Buffer, options?: ConversationOptions): Promise<RawAnswer> {
  const { answers } = await converse(server, request, options);
  const [answer] = answers;
  if (answer === undefined) throw new Error(`no answer to ${JSON.stringify(request.toString('latin1', 0, 200))}`);
  return answer;
}

/** A request as bytes: `Host` and the length of the body are added. */
export function rawRequest(
  method: string,
  target: string,
  { headers = [], body = '' }: { readonly headers?: readonly string[]; readonly body?: string | Buffer } = {},
): Buffer {
  const bytes = Buffer.from(body);
  const length = bytes.length > 0 || method === 'POST' || method === 'PUT' ? [`Content-Length: ${bytes.length}`] : [];
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers, ...length];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]);
}

/** Asks again until the server answers at all; for what may have cost it the connection. */
export async function stillServes(server: Server, withinMs = 10_000): Promise<boolean> {
  for (const giveUpAt = Date.now() + withinMs; Date.now() < giveUpAt; await pause(50)) {
    const answer = await exchange(server, rawRequest('GET', '/health')).catch(() => undefined);
    if (answer?.status === 200) return true;
  }
  return false;
}

/** Every complete answer in these bytes; informational ones (1xx) are passed over. */
export function readAnswers(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = bytes.toString('latin1');
  for (;;) {
    const gap = rest.indexOf('\r\n\r\n');
    if (gap < 0) return answers;
    const head = rest.slice(0, gap);
    const answer = { ...readHead(head), head };
    const afterHead = rest.slice(gap + 4);
    const taken = bodyOf(answer.status, answer.headers, afterHead);
    if (taken === undefined) return answers;
    if (answer.status >= 200) answers.push({ ...answer, body: Buffer.from(taken.body, 'latin1').toString('utf8') });
    rest = taken.rest;
  }
}

function readHead(head: string): { readonly status: number; readonly headers: ReadonlyMap<string, string> } {
  const [line = '', ...fields] = head.split('\r\n');
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: Number(line.split(' ')[1]), headers };
}

/** Undefined where the body has not come in full yet. */
function bodyOf(
  status: number,
  headers: ReadonlyMap<string, string>,
  text: string,
): { readonly body: string; readonly rest: string } | undefined {
  if (status < 200 || status === 204 || status === 304) return { body: '', rest: text };
  if (headers.get('transfer-encoding') === 'chunked') return chunkedBody(text);
  const length = Number(headers.get('content-length') ?? 0);
  return text.length < length ? undefined : { body: text.slice(0, length), rest: text.slice(length) };
}

function chunkedBody(text: string): { readonly body: string; readonly rest: string } | undefined {
  let body = '';
  for (let at = 0; ; ) {
    const end = text.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const size = Number.parseInt(text.slice(at, end), 16);
    if (text.length < end + 2 + size + 2) return undefined;
    if (size === 0) return { body, rest: text.slice(end + 4) };
    body += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}
