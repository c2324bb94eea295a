import { type MessageContract, newerReplyError, type Reply, replyError } from '@evident/contracts';
import { whatJsonLoses } from './json-fidelity.ts';
import { maxMessageBytes } from './transport.port.ts';

/** Checks that cost as much as the work itself are for those who change the code, and for tests. */
export const checksAreOn = process.env.NODE_ENV === 'test' || process.env.NODE_ENV === 'development';

export function isReply(value: unknown): value is Reply<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { ok?: unknown }).ok === 'boolean';
}

/**
 * What is wrong with a reply, for development and tests; production trusts its own handlers and skips this.
 *
 * Beside the contract's shape it checks that JSON carries the reply, that it is not too large, and that it holds
 * nothing beyond the contract: a handler that answers with a whole row would send what the row holds besides.
 */
export function whatIsWrongWithReply(contract: MessageContract, reply: Reply<unknown>): string | undefined {
  const lost = whatJsonLoses(reply, 'reply');
  if (lost !== undefined) return lost;
  const sent = JSON.stringify(reply);
  if (Buffer.byteLength(sent) > maxMessageBytes) return `is larger than ${maxMessageBytes} bytes`;
  if (!reply.ok) {
    const shape = reply.error.kind === undefined ? replyError : newerReplyError;
    return shape.safeParse(reply.error).error?.message;
  }
  const parsed = contract.value.safeParse(reply.value);
  if (!parsed.success) return parsed.error.message;
  const surplus = JSON.stringify(reply.value)?.length !== JSON.stringify(parsed.data)?.length;
  return surplus ? 'holds members that its contract does not name' : undefined;
}
