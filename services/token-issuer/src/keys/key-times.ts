import type { SigningUse } from '@evident/domain';
import type { Config } from '@evident/runtime';

/** What `Cache-Control` lets clients remember the key set for. */
const jwksMaxAgeMs = 3_600_000;
/** A gateway that cannot ask an issuer goes on answering the key set it has for this long. */
const gatewayRemembersMs = 3_600_000;
/** For clocks that differ: that of whoever checks a token, of whoever signed it, and of the log. */
const clockToleranceMs = 60_000;

/** How long a key is published before it signs: then no client knows a set without it. */
export const publishedForMs = gatewayRemembersMs + jwksMaxAgeMs + clockToleranceMs;

/** How long a token that is signed now can be taken for a living one. */
export function tokensLiveForMs(use: SigningUse, tokens: Config['tokens']): number {
  const seconds = use === 'access' ? tokens.accessTtlSeconds : tokens.refreshTtlSeconds;
  return seconds * 1000 + clockToleranceMs;
}
