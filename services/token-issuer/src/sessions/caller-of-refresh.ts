import type { RequestContext } from '@evident/contracts';
import type { KeyedHash } from '@evident/crypto';

const purpose = 'refresh-caller';

/**
 * A client as the refresh window knows it: by its address and agent, hashed. `all` is the same under every lookup key
 * there is, so that a new key divides nobody.
 */
export function callerOfRefresh(
  lookup: KeyedHash,
  { clientIp = '', userAgent = '' }: Pick<RequestContext, 'clientIp' | 'userAgent'>,
): { readonly current: string; readonly all: readonly string[] } {
  const value = JSON.stringify([clientIp, userAgent]);
  const numbers = Array.from({ length: lookup.current }, (_, index) => index + 1);
  const all = numbers.flatMap((number) => lookup.hashWith(number, purpose, value) ?? []);
  return { current: lookup.hash(purpose, value), all };
}
