import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { IssuedTokens, RequestContext, SignInEvidence } from '@evident/contracts';
import { deriveTicket, ticketHash } from '@evident/crypto';
import { type SignInPurpose, streams } from '@evident/domain';
import { eventId } from '@evident/event-store';
import type { Config } from '@evident/runtime';
import { manualClock, openTemporaryLog, requestContext, silentLogger, type TemporaryLog } from '@evident/testing';
import { createTokenIssuer, type TokenIssuer } from '../src/index.ts';

export const ticketKey = createSecretKey(randomBytes(32));

export interface SignIn {
  readonly purpose?: SignInPurpose;
  readonly generation?: number;
  readonly userId?: string;
  /** Whom the event names, where that is not whose stream it is on. */
  readonly named?: string;
  /** On which it is, where that is not the user's own. */
  readonly stream?: string;
  readonly audience?: string;
}

/** An issuer on a log of its own, with one user and a clock that the spec moves. */
export class IssuerOnLog {
  readonly clock = manualClock();
  readonly userId: string = randomUUID();
  readonly #tokens: Partial<Config['tokens']>;
  #temporary!: TemporaryLog;
  #issuer!: TokenIssuer;

  constructor(tokens: Partial<Config['tokens']> = {}) {
    this.#tokens = tokens;
  }

  get temporary(): TemporaryLog {
    return this.#temporary;
  }

  get issuer(): TokenIssuer {
    return this.#issuer;
  }

  /** Without an issuer yet, and so without keys. */
  async openEmpty(): Promise<this> {
    this.#temporary = await openTemporaryLog({ now: this.clock });
    return this;
  }

  async open(): Promise<this> {
    await this.openEmpty();
    this.#issuer = await this.another(this.#temporary);
    await this.registerUser(this.userId);
    return this;
  }

  async registerUser(userId: string): Promise<void> {
    await this.onUser({ type: 'user.registered', data: { number: 1 } }, userId);
    await this.onUser({ type: 'user.password-changed', data: { passwordHash: 'sealed', generation: 1 } }, userId);
  }

  /** One more issuer, on the same log or on another connection to it. */
  another(on: TemporaryLog = this.#temporary, tokens: Partial<Config['tokens']> = this.#tokens): Promise<TokenIssuer> {
    const { config } = on;
    return createTokenIssuer({
      ...on,
      logger: silentLogger,
      config: { ...config, tokens: { ...config.tokens, ...tokens } },
    });
  }

  /** Ends the process, as it were, and begins another one on the same log. */
  async restart(): Promise<void> {
    await this.#temporary.close();
    this.#temporary = await this.#temporary.reopen();
    this.#issuer = await this.another(this.#temporary);
  }

  remove(): Promise<void> {
    return this.#temporary.remove();
  }

  context(more: Partial<RequestContext> = {}): RequestContext {
    return requestContext({ deadline: this.clock() + 5_000, ...more });
  }

  async append(stream: string, events: readonly { type: string; data: unknown }[]) {
    const { log } = this.#temporary;
    const commandId = randomUUID();
    const metadata = { tenant: 'main', actor: 'system', commandId, correlationId: commandId, occurredAt: this.clock() };
    const named = events.map((event, index) => ({ ...event, id: eventId(commandId, stream, 'spec', index) }));
    return log.store.append(stream, await log.codec.encode(named, { stream, metadata }), 'any');
  }

  onUser(event: { type: string; data: unknown }, userId = this.userId) {
    return this.append(streams.user('main', userId), [event]);
  }

  /** What auth-command does when a password was right. */
  async signIn({
    purpose = 'session',
    generation = 1,
    userId = this.userId,
    named = userId,
    stream = streams.signIn('main', userId),
    audience,
  }: SignIn = {}): Promise<SignInEvidence> {
    const ticket = deriveTicket(ticketKey, randomUUID());
    const data = {
      purpose,
      userId: named,
      appId: null,
      audience: audience ?? null,
      generation,
      ticketHash: purpose === 'verify' ? null : ticketHash(ticket),
      judged: { app: null, reservation: 0, user: 1 },
      account: 'k1.account',
      caller: 'k1.caller',
      at: this.clock(),
    };
    const appended = await this.append(stream, [{ type: 'signin.succeeded', data }]);
    if (appended.outcome !== 'appended') throw new Error('no sign-in');
    return { stream, revision: appended.revision, ticket };
  }

  async session(context: Partial<RequestContext> = {}, signIn: SignIn = {}): Promise<IssuedTokens> {
    const evidence = await this.signIn(signIn);
    const reply = await this.#issuer.openSession({ evidence, purpose: 'session' }, this.context(context));
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.value;
  }

  /** Types of the events of a session, in order. */
  async happenedTo(sessionId: string): Promise<string[]> {
    const events = await this.#temporary.log.store.readStream(streams.session('main', sessionId));
    return events.map(({ type }) => type);
  }
}

/** The claims of a token, unchecked. */
export function claimsOf(token: string | null): Record<string, unknown> {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString());
}

/** Which key signed a token, by its header. */
export function headerOf(token: string | null): { readonly kid: string; readonly alg: string } {
  return JSON.parse(Buffer.from(token?.split('.')[0] ?? '', 'base64url').toString());
}

/** The `kid` in the header of a token. */
export function kidOf(token: string | null): string {
  return headerOf(token).kid;
}
