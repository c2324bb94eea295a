import { isErrorCode, kindOf, newerReplyError, type Reply } from '@evident/contracts';
import { isReply } from '../../src/check-reply.ts';

/**
 * The packets of Nest's NATS transport, so that a plain Nest client or server can stand at the other end: a request is
 * `{pattern, data, id}`, an answer `{response, isDisposed, id}`.
 */
export function encodeRequest(subject: string, id: string, envelope: unknown): Buffer {
  return Buffer.from(JSON.stringify({ pattern: subject, data: envelope, id }));
}

export interface RequestPacket {
  readonly id: string;
  readonly data: unknown;
}

/** Goes back with every answer, also with one that says that another was too large: so it is small itself. */
const longestId = 100;

/** Undefined where the bytes are no packet. */
export function decodeRequest(bytes: Uint8Array): RequestPacket | undefined {
  const packet = parse(bytes);
  if (!isObject(packet) || typeof packet.id !== 'string' || packet.id.length > longestId) return undefined;
  return { id: packet.id, data: packet.data };
}

export function encodeReply(id: string | undefined, reply: Reply<unknown>): Buffer {
  const response = reply.ok ? reply : { ok: false, error: { ...reply.error, kind: kindOf(reply.error) } };
  return Buffer.from(JSON.stringify({ response, isDisposed: true, id }));
}

/**
 * Undefined where the bytes are no reply of ours, or name a code that is not in the table and does not say what it means.
 * Never throws: the driver would read no more from the connection, and still call it open.
 */
export function decodeReply(bytes: Uint8Array): Reply<unknown> | undefined {
  const packet = parse(bytes);
  if (!isObject(packet) || !isReply(packet.response)) return undefined;
  const { response } = packet;
  if (response.ok) return response;
  if (!isObject(response.error)) return undefined;
  const { kind, ...error } = response.error;
  if (typeof error.code === 'string' && isErrorCode(error.code))
    return { ok: false, error: { ...error, code: error.code } };
  const newer = newerReplyError.safeParse(response.error);
  return newer.success ? { ok: false, error: newer.data } : undefined;
}

/** Undefined for what is no JSON. */
export function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
