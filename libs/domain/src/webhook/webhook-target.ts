import { type Prepared, refuseText } from '../printable-text.ts';

const longestUrl = 2_048;
const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export interface WebhookTargetRules {
  /** Whether a receiver may be on this machine, where http is enough. */
  readonly loopback: boolean;
}

/**
 * Where events may be sent: an https URL, or one of this machine where the rules say so. What a name resolves to is
 * judged at each connection, since it may change; here it is the form alone.
 */
export function checkWebhookUrl(url: string, { loopback }: WebhookTargetRules): Prepared {
  if (url.length > longestUrl) return refuseText(`must have at most ${longestUrl} characters`);
  if (/[\s\p{C}]/u.test(url) || !URL.canParse(url)) return refuseText('must be an absolute https URL');
  const { protocol, hostname, username, password, hash } = new URL(url);
  if (username !== '' || password !== '') return refuseText('must not hold a user or a password');
  if (hash !== '') return refuseText('must not hold a fragment');
  if (loopbackHosts.has(hostname)) {
    const isHttp = protocol === 'http:' || protocol === 'https:';
    return loopback && isHttp ? { ok: true, prepared: url } : refuseText('must not be an address of this machine');
  }
  return protocol === 'https:' ? { ok: true, prepared: url } : refuseText('must be an https URL');
}

const pattern = /^(?:\*|[a-z]+\.(?:\*|[a-z]+(?:-[a-z]+)*))$/;

/** `*`, `user.*` or `user.registered`; at least one of them, at most fifty. */
export function checkEventPatterns(patterns: readonly string[]): boolean {
  return patterns.length >= 1 && patterns.length <= 50 && patterns.every((each) => pattern.test(each));
}
