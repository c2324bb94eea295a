import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

const mapped = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/**
 * The address that a request came from: the socket's, or where a trusted proxy sent it the one that the proxy names.
 * What is no address, even from a proxy that is trusted, is not believed.
 */
export function clientAddress(request: FastifyRequest): string | undefined {
  const named = plain(request.ip);
  if (named !== undefined) return named;
  return plain(request.socket.remoteAddress);
}

/** IPv4 in IPv6's clothes is IPv4: one caller, one spelling. */
function plain(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  if (!address.includes(':')) return isIP(address) === 4 ? address : undefined;
  const bare = address.replace(mapped, '').replace(/%.*$/, '');
  return isIP(bare) === 0 ? undefined : bare;
}

/** Whom a limit counts: an IPv4 address, or the /64 that one IPv6 subscriber has at least. */
export function limitedNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':');
    while (groups.length + rest.length < 8) groups.push('0');
    groups.push(...rest);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
