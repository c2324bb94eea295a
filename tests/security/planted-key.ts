import { randomUUID } from 'node:crypto';
import type { AccessTokenClaims } from '@evident/contracts';
import { createTokenSigner, generateSigningKey } from '@evident/crypto';
import { streams } from '@evident/domain';
import type { Log } from '@evident/log';
import { openedSession, PeopleOnLog } from '@evident/testing';

type Claims = Readonly<Record<string, unknown>>;

/** Signs whatever claims it is given, with a key that the deployment publishes and believes, and never signs with. */
export interface PlantedKey {
  sign(claims: Claims): Promise<string>;
  /** Opens a session for a user on the log, and signs its token: for whom no route gives one. */
  signFor(userId: string, claims: Claims): Promise<string>;
}

export async function plantKey(log: Log): Promise<PlantedKey> {
  const { kid, alg, publicJwk, privateJwk } = await generateSigningKey('ES256', randomUUID());
  const people = new PeopleOnLog(log);
  const strings = Object.entries(publicJwk).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const published = { publicJwk: Object.fromEntries(strings), sealedPrivateJwk: 'nobody needs it' };
  await people.append(streams.signingKeys(log.tenant), [
    { type: 'signingkey.created', data: { kid, use: 'access', alg, ...published, createdAt: Date.now() } },
  ]);
  const { sign } = createTokenSigner({ kid, alg, privateJwk });
  return {
    sign,
    async signFor(userId, claims) {
      const sid = randomUUID();
      const now = Date.now();
      const { state } = await log.states.user.load(streams.user(log.tenant, userId));
      const session = openedSession({ userId, audience: String(claims.aud), generation: state.generation }, now);
      await people.append(streams.session(log.tenant, sid), [session]);
      return sign({ ...claims, sub: `user:${userId}`, sid, gen: state.generation, jti: randomUUID() });
    },
  };
}

/** The claims of a token, unchecked. */
export function claimsOf(token: string): AccessTokenClaims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** A token of any header and claims, with whatever signature. */
export function handmadeToken(
  header: object,
  claims: object,
  signature: (signed: string) => Buffer | string = () => '',
): string {
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${Buffer.from(signature(signed)).toString('base64url')}`;
}
