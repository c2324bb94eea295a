import { setTimeout as pause } from 'node:timers/promises';
import { getJwks, type PublicJwk, type ReplyError, type ValueOf } from '@evident/contracts';
import { isSigningAlg, type Jwk } from '@evident/crypto/verify';
import { type Clock, type Logger, randomUuid } from '@evident/runtime';
import type { RequestClient } from '@evident/transport';

/** Tokens of unknown keys are cheap to make: they may cause one question in this time. */
const unknownKeyEveryMs = 1_000;
/** An issuer that was away is asked again this soon: at a start together it comes up a moment later. */
const awayEveryMs = 50;
const refreshEveryMs = 60_000;
/** As long as others are told to keep the set (`max-age`); a key is published for longer than that before it signs. */
const usableForMs = 3_600_000;
const askForMs = 2_000;

export type KeySet = ValueOf<typeof getJwks>;

export interface PublishedKeysOptions {
  readonly client: RequestClient;
  readonly tenant: string;
  /** What tokens must name as their issuer. */
  readonly issuer: string;
  readonly now: Clock;
  readonly logger: Logger;
}

/** The issuer's public keys, kept here so that a token is checked without a hop. */
export class PublishedKeys {
  readonly #options: PublishedKeysOptions;
  #set: KeySet | undefined;
  #keys: readonly Jwk[] = [];
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #underWay: Promise<ReplyError | undefined> | undefined;
  /** Why the last question was not answered. */
  #away: ReplyError | undefined;

  constructor(options: PublishedKeysOptions) {
    this.#options = options;
  }

  /** Keys that count now; none where the last set is too old to be believed. Renews itself in the background. */
  keys(): readonly Jwk[] {
    const age = this.#options.now() - this.#fetchedAt;
    if (age >= refreshEveryMs && this.#mayAsk()) void this.#fetch();
    return age < usableForMs ? this.#keys : [];
  }

  /**
   * Looks for a key that `keys` does not have. False where it was looked for a moment ago, so that there is none; a
   * reply error where the issuer cannot be asked, so that nobody knows. One that was away a moment ago is asked once more
   * first: nobody is refused for what has passed.
   */
  async renew(): Promise<boolean | ReplyError> {
    const isRecent = this.#underWay === undefined && !this.#mayAsk();
    if (isRecent && this.#away === undefined) return false;
    return (await this.#fetch()) ?? true;
  }

  /** The set as it is published, a minute old at most while the issuer answers. */
  async published(): Promise<KeySet | ReplyError> {
    const age = this.#options.now() - this.#fetchedAt;
    const error = age >= refreshEveryMs ? await this.#fetch() : undefined;
    return this.#set !== undefined && this.#options.now() - this.#fetchedAt < usableForMs
      ? this.#set
      : (error ?? { code: 'service.unavailable' });
  }

  /** After a change made through this gateway: what it publishes from here on has it, where the issuer answers. */
  async changed(): Promise<void> {
    await this.#underWay;
    await this.#fetch();
  }

  #mayAsk(): boolean {
    return this.#options.now() - this.#askedAt >= (this.#away === undefined ? unknownKeyEveryMs : awayEveryMs);
  }

  #fetch(): Promise<ReplyError | undefined> {
    this.#underWay ??= this.#ask().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #ask(): Promise<ReplyError | undefined> {
    const { client, tenant, now, issuer, logger } = this.#options;
    if (!this.#mayAsk() && this.#away !== undefined) await pause(awayEveryMs);
    this.#askedAt = now();
    const context = { tenant, deadline: now() + askForMs, correlationId: randomUuid(), commandId: randomUuid() };
    const reply = await client.request(getJwks, {}, context);
    this.#away = reply.ok ? undefined : reply.error;
    if (!reply.ok) return reply.error;
    if (reply.value.issuer !== issuer) {
      logger.error(
        {},
        'PUBLIC_URL of the gateway is not that of token-issuer; every token will be refused. Set both alike.',
      );
    }
    this.#set = reply.value;
    this.#keys = reply.value.keys.filter(isVerificationKey);
    this.#fetchedAt = now();
    return undefined;
  }
}

function isVerificationKey(jwk: PublicJwk): jwk is PublicJwk & Jwk {
  return isSigningAlg(jwk.alg);
}
