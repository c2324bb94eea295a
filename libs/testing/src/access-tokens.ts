import { randomUUID } from 'node:crypto';
import type { AccessTokenClaims } from '@evident/contracts';
import { createTokenSigner, generateSigningKey } from '@evident/crypto';
import { streams } from '@evident/domain';
import type { Log } from '@evident/log';
import type { Config } from '@evident/runtime';
import { openedSession } from './opened-session.ts';
import { PeopleOnLog } from './people-on-log.ts';

export interface AccessTokens {
  /** Opens a session for a user and signs its token; claims may be changed before they are signed. */
  issue(userId: string, claims?: Partial<AccessTokenClaims>): Promise<string>;
}

/** Issues tokens that services believe, with a signing key published on the log, without the service that issues. */
export async function createAccessTokens(
  log: Log,
  config: Pick<Config, 'publicUrl' | 'tokens'>,
  now: () => number = Date.now,
): Promise<AccessTokens> {
  const { tenant } = log;
  const key = await generateSigningKey('ES256', randomUUID());
  const signer = createTokenSigner(key);
  const people = new PeopleOnLog(log, now);
  const publicJwk = Object.fromEntries(
    Object.entries(key.publicJwk).filter((member): member is [string, string] => typeof member[1] === 'string'),
  );
  await people.append(streams.signingKeys(tenant), [
    {
      type: 'signingkey.created',
      data: { kid: key.kid, use: 'access', alg: key.alg, publicJwk, sealedPrivateJwk: 'sealed', createdAt: now() },
    },
    { type: 'signingkey.promoted', data: { kid: key.kid, promotedAt: now(), tokensLiveForMs: 3_660_000 } },
  ]);

  return {
    async issue(userId, claims = {}) {
      const sid = randomUUID();
      const { state } = await log.states.user.load(streams.user(tenant, userId));
      const gen = Math.max(1, state.generation);
      const audience = config.tokens.audience;
      const session = openedSession({ userId, audience, generation: gen }, now());
      await people.append(streams.session(tenant, sid), [session]);
      const iat = Math.floor(now() / 1000);
      return signer.sign({
        iss: config.publicUrl,
        aud: audience,
        sub: `user:${userId}`,
        sid,
        jti: randomUUID(),
        gen,
        tenant_id: tenant,
        token_type: 'access',
        iat,
        exp: iat + 3600,
        ...claims,
      });
    },
  };
}
