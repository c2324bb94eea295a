import { createTokenSigner, generateSigningKey, type TokenSigner } from '@evident/crypto';
import {
  activeKey,
  publishedKeys,
  type RotateSigningKeys,
  type SigningKey,
  type SigningKeyCommand,
  type SigningKeysState,
  type SigningUse,
  scheduleOf,
  signingKeyDecider,
  streams,
} from '@evident/domain';
import { type CommandMetadata, EventStoreFault, eventId, runCommand, uuid5 } from '@evident/event-store';
import type { Log } from '@evident/log';
import { type Clock, type Config, randomUuid, StartupProblem } from '@evident/runtime';
import { publishedForMs, tokensLiveForMs } from './key-times.ts';
import type { PrivateKeyBox } from './private-key-box.ts';
import { SigningUnavailable } from './signing-unavailable.ts';

export interface SigningKeysOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'states' | 'tenant'>;
  readonly box: PrivateKeyBox;
  readonly tokens: Config['tokens'];
  readonly now: Clock;
}

/** A state of the keys, and when the leader was last asked for it. */
interface Confirmed {
  readonly state: SigningKeysState;
  /** Of the stream: tells which of two states is the later one, which a clock that may go back does not. */
  readonly revision: number;
  readonly at: number;
}

type StepOfOneKey = Exclude<SigningKeyCommand, RotateSigningKeys>;

/** An issuer that has not confirmed the stream for so long stops signing. */
const confirmationLastsMs = 5_000;
const uses: readonly SigningUse[] = ['access', 'refresh'];

/**
 * The signing keys on the log. Which key signs is asked of the log's leader for every token: replicas agree because
 * there is one stream, and one that is cut off from it stops signing.
 */
export class SigningKeys {
  readonly #options: SigningKeysOptions;
  readonly #stream: string;
  /** By kid: of keys that sign. */
  readonly #signers = new Map<string, TokenSigner>();
  #confirmed: Confirmed | undefined;

  constructor(options: SigningKeysOptions) {
    this.#options = options;
    this.#stream = streams.signingKeys(options.log.tenant);
  }

  /**
   * Makes and promotes the first key of each use where there is none, and notes where tokens live longer than they
   * did. Several issuers that start at once agree. Throws `StartupProblem` where a key that signs cannot be opened.
   */
  async ensure(): Promise<void> {
    for (const use of uses) {
      const active = activeKey(await this.state(), use) ?? (await this.#makeFirst(use));
      const lifeMs = tokensLiveForMs(use, this.#options.tokens);
      if (lifeMs > active.tokensLiveForMs) {
        const command = { type: 'extend-signing-key', kid: active.kid, tokensLiveForMs: lifeMs } as const;
        await this.#runForSystem(`extend/${lifeMs}`, command);
      }
      this.#signerOf(active);
    }
  }

  /** The keys now, from the log's leader. Throws `EventStoreFault`. */
  async state(): Promise<SigningKeysState> {
    const askedAt = this.#options.now();
    const { state, revision } = await this.#options.log.states.signingKeys.load(this.#stream);
    if (this.#confirmed === undefined || revision >= this.#confirmed.revision) {
      this.#confirmed = { state, revision, at: askedAt };
      this.#forgetReplaced(state);
    }
    return state;
  }

  /** The published keys of a use, oldest first, as a JWKS shows them (RFC 7517 section 4). */
  async published(use: SigningUse): Promise<readonly SigningKey[]> {
    return publishedKeys(await this.state()).filter((key) => key.use === use);
  }

  /** The key that signs now. Throws `SigningUnavailable` where the stream was not confirmed for five seconds. */
  async active(use: SigningUse): Promise<SigningKey> {
    const key = activeKey(await this.#confirmedState(), use);
    if (key !== undefined) return key;
    throw new StartupProblem(`There is no active key for ${use} tokens.`, 'Start token-issuer again.');
  }

  /** Signs with the key that is active now; see `active`. */
  async signer(use: SigningUse): Promise<TokenSigner> {
    return this.#signerOf(await this.active(use));
  }

  /**
   * Publishes the next key of each use, unless one is waiting already: all in one append. They sign when their time has
   * come. `mismatch`: another request has done so under this command id.
   */
  async publishNext(rotated: readonly SigningUse[], metadata: CommandMetadata, deadline: number) {
    const keys = await Promise.all([...new Set(rotated)].map((use) => this.#newKey(use, 'waiting')));
    const outcome = await this.#run('rotate', { type: 'rotate-signing-keys', keys }, metadata, deadline);
    if (outcome.outcome !== 'accepted' || !outcome.repeated) return outcome;
    const own = eventId(metadata.commandId, this.#stream, 'rotate', 0);
    const stored = (await this.#options.log.store.readStream(this.#stream)).find(({ id }) => id === own);
    return stored?.metadata.fingerprint === metadata.fingerprint ? outcome : ({ outcome: 'mismatch' } as const);
  }

  /** Promotes and retires what is due. Every issuer may do it at once; each step happens once. */
  async advance(): Promise<void> {
    const state = await this.state();
    const now = this.#options.now();
    for (const { type, kid, at } of scheduleOf(state, publishedForMs)) {
      const key = state.keys.find((candidate) => candidate.kid === kid);
      if (at > now || key === undefined) return;
      const promotes = type === 'promote-signing-key';
      await this.#runForSystem(type, promotes ? this.#promotion(key, now) : { type, kid, now });
    }
  }

  async #confirmedState(): Promise<SigningKeysState> {
    try {
      await this.state();
    } catch (fault) {
      if (!(fault instanceof EventStoreFault && fault.code === 'unavailable')) throw fault;
    }
    const known = this.#confirmed;
    if (known === undefined) throw new SigningUnavailable();
    // How long ago that was, a clock that has gone back further does not tell.
    if (Math.abs(this.#options.now() - known.at) > confirmationLastsMs) throw new SigningUnavailable();
    return known.state;
  }

  #signerOf(key: SigningKey): TokenSigner {
    let signer = this.#signers.get(key.kid);
    if (signer === undefined) {
      signer = createTokenSigner({ kid: key.kid, alg: key.alg, privateJwk: this.#options.box.open(key) });
      this.#signers.set(key.kid, signer);
    }
    return signer;
  }

  /** A private key is in memory for no longer than it signs. */
  #forgetReplaced(state: SigningKeysState): void {
    const active = uses.map((use) => activeKey(state, use)?.kid);
    for (const kid of this.#signers.keys()) if (!active.includes(kid)) this.#signers.delete(kid);
  }

  async #makeFirst(use: SigningUse): Promise<SigningKey> {
    if ((await this.published(use)).length === 0) {
      await this.#runForSystem(`first-${use}`, await this.#newKey(use, 'published'));
    }
    // Where another issuer was first, its key is the one; its clock may be ahead.
    const [first] = await this.published(use);
    if (first !== undefined) {
      const now = Math.max(this.#options.now(), first.createdAt);
      await this.#runForSystem('promote-signing-key', this.#promotion(first, now));
    }
    return this.active(use);
  }

  #promotion({ kid, use }: SigningKey, now: number): StepOfOneKey {
    const lifeMs = tokensLiveForMs(use, this.#options.tokens);
    return { type: 'promote-signing-key', kid, now, publishedForMs, tokensLiveForMs: lifeMs };
  }

  async #newKey(use: SigningUse, unless: 'published' | 'waiting') {
    const { tokens, box, now } = this.#options;
    const { kid, alg, publicJwk, privateJwk } = await generateSigningKey(tokens.algorithm, randomUuid());
    return {
      type: 'create-signing-key',
      kid,
      use,
      alg,
      publicJwk: stringMembers(publicJwk),
      sealedPrivateJwk: box.seal(kid, privateJwk),
      now: now(),
      unless,
    } as const;
  }

  /** A step that the program takes by itself. A rejection says that another issuer has taken it, or a later one. */
  async #runForSystem(step: string, command: StepOfOneKey): Promise<void> {
    const { tenant } = this.#options.log;
    const commandId = uuid5(`signing-key/${tenant}/${step}/${command.kid}`);
    const occurredAt = this.#options.now();
    await this.#run(step, command, { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt });
  }

  #run(step: string, command: SigningKeyCommand, metadata: CommandMetadata, deadline?: number) {
    const { store, codec } = this.#options.log;
    return runCommand(
      { store, codec, decider: signingKeyDecider, now: this.#options.now },
      { stream: this.#stream, step, command, metadata, ...(deadline === undefined ? {} : { deadline }) },
    );
  }
}

function stringMembers(jwk: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(jwk).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
