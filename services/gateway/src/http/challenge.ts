import type { ReplyError } from '@evident/contracts';

const realm = 'Bearer realm="Evident"';
/** `scope-token` of RFC 6749 section 3.3. */
const printable = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The header with which a refusal asks for another credential (RFC 6750 section 3): whether none was sent, a bad one, or
 * one that lacks a scope. Every other 401 is of a password or a refresh token, where the published contract says
 * `Bearer` and no more. Empty where no credential would do better.
 */
export function challengeOf({ code, details }: ReplyError, status: number): { readonly 'www-authenticate'?: string } {
  switch (code) {
    case 'caller.not-authenticated':
      return { 'www-authenticate': realm };
    case 'caller.bad-credential':
      return { 'www-authenticate': `${realm}, error="invalid_token"` };
    case 'caller.not-permitted':
      return { 'www-authenticate': `${realm}, error="insufficient_scope"${scopeOf(details?.missing)}` };
    default:
      return status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  }
}

function scopeOf(missing: unknown): string {
  return typeof missing === 'string' && printable.test(missing) ? `, scope="${missing}"` : '';
}
