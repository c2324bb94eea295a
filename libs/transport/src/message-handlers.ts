import type { MessageContract, Reply, RequestContext, ValueOf } from '@evident/contracts';
import type { z } from 'zod';

/** Answers one kind of message. The payload has been validated; a throw is a fault, never an answer. */
export type MessageHandler<Contract extends MessageContract = MessageContract> = (
  payload: z.output<Contract['request']>,
  context: RequestContext,
) => Reply<ValueOf<Contract>> | Promise<Reply<ValueOf<Contract>>>;

/** A handler whose contract is known only at run time. */
export type AnyMessageHandler = (payload: unknown, context: RequestContext) => Reply<unknown> | Promise<Reply<unknown>>;

export interface BoundHandler {
  readonly contract: MessageContract;
  readonly handle: AnyMessageHandler;
}

/** Who answers what, by subject. Each subject has one handler in a process. */
export class MessageHandlers implements Iterable<BoundHandler> {
  readonly #bySubject = new Map<string, BoundHandler>();

  /** Throws where the subject has a handler: two of them would mean that one is never asked. */
  add<Contract extends MessageContract>(contract: Contract, handle: MessageHandler<Contract>): this {
    // Only what the contract's schema made is ever passed, so the wider parameter type is not a lie.
    return this.addBound({ contract, handle: handle as AnyMessageHandler });
  }

  addBound(bound: BoundHandler): this {
    const { subject } = bound.contract;
    if (this.#bySubject.has(subject)) throw new Error(`${subject} has two handlers`);
    this.#bySubject.set(subject, bound);
    return this;
  }

  get(subject: string): BoundHandler | undefined {
    return this.#bySubject.get(subject);
  }

  [Symbol.iterator](): Iterator<BoundHandler> {
    return this.#bySubject.values();
  }
}
