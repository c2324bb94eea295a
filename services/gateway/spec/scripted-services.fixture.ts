import {
  type ErrorCodeName,
  fail,
  getJwks,
  getReadiness,
  getRevocations,
  getStatus,
  type MessageContract,
  type PublicJwk,
  type Reply,
  type ReplyError,
  type RequestContext,
  type RequestOf,
  type Revocation,
  revocationsSubject,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import type { Broadcast, JsonObject, RequestClient } from '@evident/transport';

export interface Asked {
  readonly contract: MessageContract;
  readonly payload: unknown;
  readonly context: RequestContext;
}

type Script<Contract extends MessageContract> = (
  payload: RequestOf<Contract>,
  context: RequestContext,
) => Reply<ValueOf<Contract>> | Promise<Reply<ValueOf<Contract>>>;

/**
 * A double of the services behind the gateway: it answers what a spec tells it to and writes down what it was asked.
 * For the shape of HTTP only; what the services decide is not here. A message without a script is `service.unavailable`,
 * as it is where nobody listens.
 */
export class ScriptedServices implements RequestClient, Broadcast {
  readonly asked: Asked[] = [];
  readonly #scripts = new Map<string, (payload: unknown, context: RequestContext) => unknown>();
  readonly #listeners = new Set<(message: JsonObject) => void>();
  readonly now: () => number;
  /** What the double of identity-projection says of ended tokens. */
  readonly ended: Revocation[] = [];
  readonly publisher = 'scripted';

  constructor(now: () => number = Date.now) {
    this.now = now;
    this.restoreRevocations();
    this.answer(getStatus, () => succeed({ caughtUp: true, projections: [] }));
    this.answer(getReadiness, () => succeed({ down: null }));
  }

  restoreRevocations(): void {
    this.answer(getRevocations, ({ since, publisher }) => this.#revocations(since, publisher));
  }

  /** `hold` runs before each answer, with the position that was demanded. */
  holdRevocations(hold: (minPosition: string | undefined, deadline: number) => Promise<void>): void {
    this.answer(getRevocations, async ({ since, publisher }, { minPosition, deadline }) => {
      await hold(minPosition, deadline);
      return this.#revocations(since, publisher);
    });
  }

  /** The double of identity-projection refuses this position, and answers otherwise as ever. */
  failPosition(position: string, error: ReplyError): void {
    this.answer(getRevocations, ({ since, publisher }, { minPosition }) =>
      minPosition === position ? { ok: false, error } : this.#revocations(since, publisher),
    );
  }

  #revocations(since: number, publisher: string | undefined) {
    const snapshot = publisher !== this.publisher;
    const changes = snapshot ? this.ended : this.ended.slice(since);
    return succeed({ publisher: this.publisher, sequence: this.ended.length, snapshot, changes, asOf: this.now() });
  }

  publishKeys(issuer: string, keys: readonly PublicJwk[]): void {
    this.answer(getJwks, () => succeed({ issuer, keys: [...keys] }));
  }

  answer<Contract extends MessageContract>(contract: Contract, script: Script<Contract>): void {
    this.#scripts.set(contract.subject, (payload, context) => script(payload as RequestOf<Contract>, context));
  }

  fail(contract: MessageContract, code: ErrorCodeName, more: Omit<ReplyError, 'code'> = {}): void {
    this.#scripts.set(contract.subject, () => fail(code, more));
  }

  silence(contract: MessageContract): void {
    this.#scripts.delete(contract.subject);
  }

  async request<Contract extends MessageContract>(
    contract: Contract,
    payload: RequestOf<Contract>,
    context: RequestContext,
  ): Promise<Reply<ValueOf<Contract>>> {
    this.asked.push({ contract, payload, context });
    const script = this.#scripts.get(contract.subject);
    if (script === undefined) return fail('service.unavailable');
    // The gateway may only send what its contract takes.
    const parsed = contract.request.safeParse(payload);
    if (!parsed.success) return fail('request.invalid', { details: { reason: parsed.error.message } });
    return (await script(parsed.data, context)) as Reply<ValueOf<Contract>>;
  }

  publish(subject: string, message: JsonObject): void {
    if (subject === revocationsSubject('main')) for (const listener of this.#listeners) listener(message);
  }

  subscribe(_subject: string, handler: (message: JsonObject) => void): () => void {
    this.#listeners.add(handler);
    return () => this.#listeners.delete(handler);
  }

  askedOf(contract: MessageContract): Asked[] {
    return this.asked.filter((one) => one.contract.subject === contract.subject);
  }
}
