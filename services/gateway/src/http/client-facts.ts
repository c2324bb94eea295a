import { isIP } from 'node:net';
import { fail, type Reply, succeed } from '@evident/contracts';
import { isLoopbackUrl } from '@evident/runtime';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../access/bearer-token.ts';
import { cookieOf } from '../access/cookies.ts';
import { credentialOf } from '../access/credential.ts';
import { isSameOrigin } from '../access/same-origin.ts';

/** Headers of a proxy: who has one may be anyone. */
const forwarding = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/** What else is known of whoever sent a request, for the few routes that ask. */
export class ClientFacts {
  readonly #request: FastifyRequest;
  readonly #publicUrl: string;

  constructor(request: FastifyRequest, publicUrl: string) {
    this.#request = request;
    this.#publicUrl = publicUrl;
  }

  /** The text of a header that may be given once. */
  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** The Bearer token of a route that judges it by itself; undefined where none was sent, '' where it is none. */
  get bearer(): string | undefined {
    return bearerToken(this.#request.headers.authorization);
  }

  /** A cookie; `caller.foreign-origin` where it came with a request of another site, and so counts for nothing. */
  cookie(name: string): Reply<string | undefined> {
    const { headers } = this.#request;
    const value = cookieOf(headers.cookie, name);
    if (value === undefined || value === '') return succeed(undefined);
    return isSameOrigin(headers, this.#publicUrl) ? succeed(value) : fail('caller.foreign-origin');
  }

  /**
   * The credential of a request to a route that does without one too, unchecked; `caller.foreign-origin` where it is a
   * cookie that came with a request of another site.
   */
  get credential(): Reply<string | undefined> {
    const credential = credentialOf(this.#request.headers, this.#publicUrl);
    if (credential.kind !== 'none') return succeed(credential.text);
    return credential.code === 'caller.foreign-origin' ? fail(credential.code) : succeed(undefined);
  }

  /** Cookies that are set go over TLS alone, save where the server is this machine's own. */
  get cookiesAreSecure(): boolean {
    return !isLoopbackUrl(this.#publicUrl);
  }

  /**
   * Sent by a program of this machine, for itself: from a loopback address to a loopback name, through no proxy, and
   * not by a page of another site.
   */
  get fromThisMachine(): boolean {
    const { headers, socket } = this.#request;
    if (!isLoopback(socket.remoteAddress) || !isLoopbackHost(headers.host)) return false;
    if (forwarding.some((name) => headers[name] !== undefined)) return false;
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
    return headers.origin === undefined || isSameOrigin(headers, this.#publicUrl);
  }
}

function isLoopback(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:(?=\d)/i, '') ?? '';
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

/** `Host` names `localhost` or a loopback address; by any other name a browser may have been led here by its DNS. */
function isLoopbackHost(host: string | undefined): boolean {
  const name = host?.replace(/:\d*$/, '').toLowerCase() ?? '';
  return name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));
}
