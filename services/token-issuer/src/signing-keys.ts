import { createSecretKey, type KeyObject } from 'node:crypto';
import {
  createTokenSigner,
  generateSigningKey,
  openBox,
  type PrivateJwk,
  sealBox,
  type TokenSigner,
} from '@evident/crypto';
import {
  activeKey,
  publishedKeys,
  type SigningKey,
  type SigningKeysState,
  type SigningUse,
  signingKeyDecider,
  streams,
} from '@evident/domain';
import { runCommand, uuid5 } from '@evident/event-store';
import type { Keyring, Log } from '@evident/log';
import { type Clock, randomUuid, StartupProblem } from '@evident/runtime';

const sealingPurpose = 'signing-keys';
export const issuerKeyring = { service: 'token-issuer', purposes: [sealingPurpose] } as const;

export interface SigningKeysOptions {
  readonly log: Log;
  readonly keyring: Keyring;
  readonly algorithm: SigningKey['alg'];
  readonly now: Clock;
}

/**
 * The signing keys on the log. Which key signs is read from the log's leader for every token: replicas agree because
 * there is one stream, and one that is cut off from it signs nothing.
 */
export class SigningKeys {
  readonly #options: SigningKeysOptions;
  readonly #stream: string;
  readonly #sealing: ReadonlyMap<number, KeyObject>;
  readonly #signers = new Map<string, TokenSigner>();

  constructor(options: SigningKeysOptions) {
    this.#options = options;
    this.#stream = streams.signingKeys(options.log.tenant);
    this.#sealing = new Map(
      options.keyring.all(sealingPurpose).map(({ number, key }) => [number, createSecretKey(key)]),
    );
  }

  /** Makes and promotes the first key of a use where there is none. Several issuers that start at once agree on one. */
  async ensureFirst(use: SigningUse): Promise<void> {
    if (activeKey(await this.#load(), use) !== undefined) return;
    const published = publishedKeys(await this.#load()).find((key) => key.use === use);
    const kid = published?.kid ?? (await this.#createFirst(use));
    await this.#run('promote', { type: 'promote-signing-key', kid, now: this.#options.now(), publishedForMs: 0 });
  }

  /** The published keys of a use, oldest first, as a JWKS shows them (RFC 7517 section 4). */
  async published(use: SigningUse): Promise<readonly SigningKey[]> {
    return publishedKeys(await this.#load()).filter((key) => key.use === use);
  }

  /** The key that signs now. Throws `EventStoreFault` where the log cannot be asked. */
  async active(use: SigningUse): Promise<SigningKey> {
    const key = activeKey(await this.#load(), use);
    if (key !== undefined) return key;
    throw new StartupProblem(`There is no active key for ${use} tokens.`, 'Start token-issuer again.');
  }

  /** Signs with the key that is active now; see `active`. */
  async signer(use: SigningUse): Promise<TokenSigner> {
    const key = await this.active(use);
    let signer = this.#signers.get(key.kid);
    if (signer === undefined) {
      signer = createTokenSigner({ kid: key.kid, alg: key.alg, privateJwk: this.#open(key) });
      this.#signers.set(key.kid, signer);
    }
    return signer;
  }

  async #load(): Promise<SigningKeysState> {
    return (await this.#options.log.states.signingKeys.load(this.#stream)).state;
  }

  async #createFirst(use: SigningUse): Promise<string> {
    const { algorithm, now } = this.#options;
    const { kid, alg, publicJwk, privateJwk } = await generateSigningKey(algorithm, randomUuid());
    const { number } = this.#options.keyring.current(sealingPurpose);
    const box = sealBox(this.#sealingKey(number), JSON.stringify(privateJwk), `${this.#stream}/${kid}`);
    const state = await this.#run('create', {
      type: 'create-signing-key',
      kid,
      use,
      alg,
      publicJwk: stringMembers(publicJwk),
      sealedPrivateJwk: `${number}.${box}`,
      now: now(),
      onlyIfNone: true,
    });
    // Where another issuer was first, its key is the one.
    return publishedKeys(state).find((key) => key.use === use)?.kid ?? kid;
  }

  #open(key: SigningKey): PrivateJwk {
    const [, number, box] = /^(\d+)\.(.+)$/s.exec(key.sealedPrivateJwk) ?? [];
    const text =
      box === undefined ? undefined : openBox(this.#sealingKey(Number(number)), box, `${this.#stream}/${key.kid}`);
    if (text === undefined) {
      throw new StartupProblem(
        `The signing key ${key.kid} cannot be opened.`,
        'The keyring of token-issuer does not belong to this log.',
      );
    }
    return JSON.parse(text) as PrivateJwk;
  }

  #sealingKey(number: number): KeyObject {
    const key = this.#sealing.get(number);
    if (key === undefined)
      throw new StartupProblem(`The keyring has no key ${number} for signing keys.`, 'Restore the log whole.');
    return key;
  }

  async #run(step: string, command: Parameters<typeof signingKeyDecider.decide>[0]): Promise<SigningKeysState> {
    const { log, now } = this.#options;
    const commandId = uuid5(`signing-key/${log.tenant}/${step}/${command.kid}`);
    const outcome = await runCommand(
      { store: log.store, codec: log.codec, decider: signingKeyDecider },
      {
        stream: this.#stream,
        step,
        command,
        metadata: { tenant: log.tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: now() },
      },
    );
    if (outcome.outcome === 'accepted') return outcome.state;
    // Whoever was faster has done it: what counts is the stream as it is now.
    return this.#load();
  }
}

function stringMembers(jwk: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(jwk).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
