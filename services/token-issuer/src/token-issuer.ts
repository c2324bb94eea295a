import { forTenant } from '@evident/caller';
import {
  type getJwks,
  type openSession,
  type PublicJwk,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { openKeyring } from '@evident/log';
import type { TokenIssuerDependencies } from './dependencies.ts';
import { createOpenSession } from './open-session.ts';
import { issuerKeyring, SigningKeys } from './signing-keys.ts';

/** The service without a transport: what each message is answered with. */
export interface TokenIssuer {
  openSession(
    request: RequestOf<typeof openSession>,
    context: RequestContext,
  ): Reply<ValueOf<typeof openSession>> | Promise<Reply<ValueOf<typeof openSession>>>;
  /** Public keys: whoever asks may know them. */
  getJwks(): Promise<Reply<ValueOf<typeof getJwks>>>;
}

/** Opens the keyring and makes the first signing key of a new log. Throws `StartupProblem`. */
export async function createTokenIssuer(deps: TokenIssuerDependencies): Promise<TokenIssuer> {
  const { log, config, now, masterKey, logger } = deps;
  const keyring = await openKeyring(log, { ...issuerKeyring, wrappingKey: masterKey, now });
  const signingKeys = new SigningKeys({ log, keyring, algorithm: config.tokens.algorithm, now });
  for (const use of ['access', 'refresh'] as const) {
    await signingKeys.ensureFirst(use);
    await signingKeys.signer(use);
  }
  const { alg } = await signingKeys.active('access');
  if (alg !== config.tokens.algorithm) {
    logger.warn(
      { variable: 'TOKEN_ALG' },
      `It is ${config.tokens.algorithm}, and this log signs with a key for ${alg}: it counts when the key is replaced.`,
    );
  }
  return {
    openSession: forTenant(log.tenant, createOpenSession(deps, signingKeys)),
    async getJwks() {
      const published = [...(await signingKeys.published('access')), ...(await signingKeys.published('refresh'))];
      const keys = published.map(({ kid, alg, publicJwk }) => ({ ...publicJwk, kid, alg, use: 'sig' }) as PublicJwk);
      return succeed({ issuer: config.publicUrl, keys });
    },
  };
}
