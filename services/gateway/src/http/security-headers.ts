import type { onSendHookHandler } from 'fastify';

/**
 * Headers of every answer (OWASP REST Security Cheat Sheet). Answers hold people and tokens, so nothing is stored; a
 * page that shows something says so itself with its own policy.
 */
export function securityHeaders(publicUrl: string): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...(publicUrl.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}

/**
 * For answers of a library's hook that comes before the admission, such as those to preflights: they have them too, and
 * no length where there is no body (RFC 9110 section 8.6).
 */
export function headersAtLast(headers: Readonly<Record<string, string>>): onSendHookHandler {
  return (request, reply, payload, done) => {
    if (!reply.hasHeader('x-request-id')) reply.headers(headers).header('x-request-id', request.id);
    if (reply.statusCode === 204) reply.removeHeader('content-length');
    done(null, payload);
  };
}
