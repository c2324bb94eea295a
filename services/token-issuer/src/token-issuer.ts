import { createSecretKey } from 'node:crypto';
import { createCallerCheck } from '@evident/caller';
import {
  type authenticateAgent,
  type certifyErasure,
  type getJwks,
  type learnAgentScopes,
  type listSigningKeys,
  type logOut,
  type openSession,
  type PublicJwk,
  type Reply,
  type refreshSession,
  type revokeSession,
  type rotateSigningKeys,
  succeed,
  type ValueOf,
  type verifyToken,
} from '@evident/contracts';
import { createSealSigner } from '@evident/crypto';
import { streams } from '@evident/domain';
import { openKeyring } from '@evident/log';
import type { MessageHandler } from '@evident/transport';
import { createAuthenticateAgent } from './agents/authenticate-agent.ts';
import { createLearnAgentScopes } from './agents/learn-agent-scopes.ts';
import { answering } from './answering.ts';
import type { TokenIssuerDependencies } from './dependencies.ts';
import { createKeyOperations, type KeysAtHand } from './keys/key-operations.ts';
import { keySchedule } from './keys/key-schedule.ts';
import { issuerKeyring, PrivateKeyBox } from './keys/private-key-box.ts';
import { SigningKeys } from './keys/signing-keys.ts';
import { createCertifyErasure } from './privacy/certify-erasure.ts';
import { Retention } from './retention/retention.ts';
import { Sealer } from './seals/sealer.ts';
import { createEndSession } from './sessions/end-session.ts';
import { createOpenSession } from './sessions/open-session.ts';
import { createRefreshSession } from './sessions/refresh-session.ts';
import { RefreshTokens } from './sessions/refresh-tokens.ts';
import { createVerifyToken } from './sessions/verify-token.ts';

/** The service without a transport: what each message is answered with. */
export interface TokenIssuer {
  readonly openSession: MessageHandler<typeof openSession>;
  readonly refreshSession: MessageHandler<typeof refreshSession>;
  readonly logOut: MessageHandler<typeof logOut>;
  readonly revokeSession: MessageHandler<typeof revokeSession>;
  readonly verifyToken: MessageHandler<typeof verifyToken>;
  readonly listSigningKeys: MessageHandler<typeof listSigningKeys>;
  readonly rotateSigningKeys: MessageHandler<typeof rotateSigningKeys>;
  readonly authenticateAgent: MessageHandler<typeof authenticateAgent>;
  readonly learnAgentScopes: MessageHandler<typeof learnAgentScopes>;
  readonly certifyErasure: MessageHandler<typeof certifyErasure>;
  /** Public keys: whoever asks may know them. */
  getJwks(): Promise<Reply<ValueOf<typeof getJwks>>>;
  /** For whoever holds the machine: the `evident keys` command. */
  readonly keysAtHand: KeysAtHand;
  /** Promotes and retires signing keys that are due. The service does it by itself once started. */
  advanceSigningKeys(): Promise<void>;
  /** Seals the log up to where it ends now; how many seals that took. The service does it by itself once started. */
  sealLog(): Promise<number>;
  /** Lets attempts to sign in expire that are older than configured and sealed; how many. The service does it by itself. */
  expireSignIns(): Promise<number>;
  /** Begins what runs by itself. */
  start(): void;
  /** Ends it. Idempotent. */
  close(): Promise<void>;
}

/** Opens the keyring and makes the first signing keys of a new log. Throws `StartupProblem`. */
export async function createTokenIssuer(deps: TokenIssuerDependencies): Promise<TokenIssuer> {
  const { log, config, now, masterKey, logger } = deps;
  const { tenant } = log;
  const { tokens, publicUrl: issuer } = config;
  const keyring = await openKeyring(log, { ...issuerKeyring, wrappingKey: masterKey, now });
  const signer = createSealSigner(keyring.current('seals').key);
  const sealer = new Sealer({ log, signer, logger, now, everyMs: config.sealEverySeconds * 1_000 });
  const trusted = new Set(keyring.all('seals').map(({ key }) => createSealSigner(key).key.kid));
  const retention = new Retention({ log, signer, trusted, months: config.signInsKeptMonths, logger, now });
  const box = new PrivateKeyBox(keyring, streams.signingKeys(tenant));
  const signingKeys = new SigningKeys({ log, box, tokens, now });
  await signingKeys.ensure();
  await warnOfAlgorithm(deps, signingKeys);

  const own = [issuer, tokens.audience];
  const callers = createCallerCheck({ log, issuer, audiences: own, now });
  const anyCallers = createCallerCheck({ log, issuer, audiences: [...own, ...tokens.allowedAudiences], now });
  const refreshTokens = new RefreshTokens({ issuer, tenant }, signingKeys, now);
  const ending = createEndSession(deps, callers, refreshTokens);
  const commandKey = createSecretKey(keyring.current('commands').key);
  const keys = createKeyOperations(deps, callers, signingKeys, commandKey);
  const schedule = keySchedule(signingKeys, logger);

  return {
    openSession: answering(tenant, createOpenSession(deps, signingKeys)),
    refreshSession: answering(tenant, createRefreshSession(deps, refreshTokens, signingKeys)),
    logOut: answering(tenant, ending.logOut),
    revokeSession: answering(tenant, ending.revoke),
    verifyToken: answering(tenant, createVerifyToken(deps, anyCallers, refreshTokens)),
    listSigningKeys: answering(tenant, keys.list),
    rotateSigningKeys: answering(tenant, keys.rotate),
    authenticateAgent: answering(tenant, createAuthenticateAgent(deps, signingKeys)),
    learnAgentScopes: answering(tenant, createLearnAgentScopes(deps)),
    certifyErasure: answering(tenant, createCertifyErasure({ log, signer }, callers)),
    async getJwks() {
      const published = [...(await signingKeys.published('access')), ...(await signingKeys.published('refresh'))];
      const set = published.map(({ kid, alg, publicJwk }) => ({ ...publicJwk, kid, alg, use: 'sig' }) as PublicJwk);
      return succeed({ issuer, keys: set });
    },
    keysAtHand: keys.atHand,
    advanceSigningKeys: () => signingKeys.advance(),
    sealLog: () => sealer.sealNow(),
    expireSignIns: () => retention.expire(),
    start() {
      schedule.start();
      sealer.start();
      retention.start();
    },
    async close() {
      await Promise.all([schedule.stop(), sealer.stop(), retention.stop()]);
    },
  };
}

async function warnOfAlgorithm({ config, logger }: TokenIssuerDependencies, signingKeys: SigningKeys): Promise<void> {
  const { algorithm } = config.tokens;
  const { alg } = await signingKeys.active('access');
  if (alg === algorithm) return;
  logger.warn(
    { variable: 'TOKEN_ALG' },
    `It is ${algorithm}, and this log signs with a key for ${alg}: it counts when the key is replaced.`,
  );
}
