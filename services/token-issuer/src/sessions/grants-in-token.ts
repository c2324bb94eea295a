import { grantsOf } from '@evident/caller';
import type { UserState } from '@evident/domain';
import type { Log } from '@evident/log';

export interface GrantsInToken {
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/**
 * As many characters as roles and scopes may take together. With them a token stays below 4 KiB, which is what browsers
 * keep of a cookie and what every server takes in a header.
 */
const mostCharacters = 2_000;
/** Quotes and comma. */
const around = 3;

/**
 * The roles and scopes that a user holds now, as far as they fit into a token: roles first, each list in its order. What
 * is left out other services do not learn from the token; our own routes ask what holds, and never look there.
 */
export async function grantsInToken(
  { states, tenant }: Pick<Log, 'states' | 'tenant'>,
  user: UserState,
): Promise<GrantsInToken> {
  const { roles, scopes } = await grantsOf(states, tenant, user);
  let left = mostCharacters;
  const fits = (text: string) => {
    left -= Buffer.byteLength(text) + around;
    return left >= 0;
  };
  return { roles: roles.filter(fits), scopes: scopes.filter(fits) };
}
