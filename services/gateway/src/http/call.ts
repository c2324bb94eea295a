import {
  type MessageContract,
  type Reply,
  type ReplyError,
  type RequestContext,
  type RequestOf,
  type ValueOf,
  verifyApiKey,
} from '@evident/contracts';
import type { ServiceCalls } from '../consistency/service-calls.ts';
import type { ClientFacts } from './client-facts.ts';

/** One HTTP request on its way to the services: who asks, in what context, and the three ways to ask. */
export class Call {
  readonly context: RequestContext;
  /** `user:<uuid>` of a checked access token, `apikey:<uuid>` of a key. */
  readonly subject: string | undefined;
  readonly client: ClientFacts;
  readonly #services: ServiceCalls;

  constructor(services: ServiceCalls, context: RequestContext, subject: string | undefined, client: ClientFacts) {
    this.#services = services;
    this.context = context;
    this.subject = subject;
    this.client = client;
  }

  /** The same request with another deadline, for what takes longer than a request usually may. */
  until(deadline: number): Call {
    return new Call(this.#services, { ...this.context, deadline }, this.subject, this.client);
  }

  /** The same request with the token that it was just given. */
  as(credential: string, subject?: string): Call {
    return new Call(this.#services, { ...this.context, credential }, subject, this.client);
  }

  /** A read: sees at least what this caller wrote through this gateway. */
  query<Contract extends MessageContract>(contract: Contract, payload: RequestOf<Contract>) {
    return this.#services.query(contract, payload, this.context, this.subject);
  }

  /** A write: its answer is held until queries see it, half a second at most. */
  command<Contract extends MessageContract>(contract: Contract, payload: RequestOf<Contract>) {
    return this.#services.command(contract, payload, this.context, this.subject);
  }

  /** A message whose effect no later read of this caller waits for. */
  send<Contract extends MessageContract>(
    contract: Contract,
    payload: RequestOf<Contract>,
  ): Promise<Reply<ValueOf<Contract>>> {
    return this.#services.send(contract, payload, this.context);
  }

  /**
   * Why the caller is nobody, where that is so. A token was checked at the door; a key is asked about, and only here: the
   * services refuse a bad one themselves, but input that goes no further would be answered to anyone.
   */
  async confirmCaller(): Promise<ReplyError | undefined> {
    const { credential } = this.context;
    if (credential === undefined || !this.#isOfKey) return undefined;
    const reply = await this.#services.send(verifyApiKey, { key: credential }, this.context);
    return reply.ok ? undefined : reply.error;
  }

  /**
   * Why the position that the caller demands is not reached. With a token it was awaited at the door; with a key it is
   * awaited here, once the key has proved to be one: a stranger is neither waited for nor told how far the log is.
   */
  async reachDemanded(position: string): Promise<ReplyError | undefined> {
    if (!this.#isOfKey) return undefined;
    return (await this.confirmCaller()) ?? this.#services.reached(position, this.context.deadline);
  }

  get #isOfKey(): boolean {
    return this.subject?.startsWith('apikey:') === true;
  }

  /** After a refusal that ended something: waits, half a second at most, until this gateway honours it. */
  passed(position: string | undefined): Promise<void> {
    return this.#services.passed(position);
  }

  /** What `subject` reads next through this gateway must be at or past this position. */
  remember(subject: string, position: string | undefined): void {
    this.#services.remember(subject, position);
  }
}
