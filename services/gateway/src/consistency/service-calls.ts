import {
  isErrorCode,
  type MessageContract,
  type Reply,
  type ReplyError,
  type RequestContext,
  type RequestOf,
  type ValueOf,
} from '@evident/contracts';
import type { Logger, Metrics } from '@evident/runtime';
import type { RequestClient } from '@evident/transport';
import type { RevocationList } from '../revocation-list.ts';
import { laterOf, WrittenPositions } from './written-positions.ts';

/** Callers whose last write is remembered. */
const rememberedCallers = 10_000;

export interface ServiceCallsOptions {
  readonly client: RequestClient;
  readonly revocations: RevocationList;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'refusals'>;
}

/**
 * Asks the services so that a caller reads what they wrote (design: consistency): the answer of a write is held until
 * the projection has passed it, and where that takes too long the next reads of that caller demand its position.
 */
export class ServiceCalls {
  readonly #client: RequestClient;
  readonly #revocations: RevocationList;
  readonly #logger: Logger;
  readonly #metrics: Pick<Metrics, 'refusals'>;
  readonly #written = new WrittenPositions(rememberedCallers);

  constructor({ client, revocations, logger, metrics }: ServiceCallsOptions) {
    this.#client = client;
    this.#revocations = revocations;
    this.#logger = logger;
    this.#metrics = metrics;
  }

  async send<Contract extends MessageContract>(
    contract: Contract,
    payload: RequestOf<Contract>,
    context: RequestContext,
  ): Promise<Reply<ValueOf<Contract>>> {
    const reply = await this.#client.request(contract, payload, context);
    if (reply.ok) return reply;
    const { code } = reply.error;
    this.#metrics.refusals.inc({ code });
    if (!isErrorCode(code)) {
      // A newer service may know codes that this gateway does not.
      const { correlationId } = context;
      this.#logger.warn({ correlationId, message: contract.subject, code }, 'A service answered with an unknown code.');
    }
    return reply;
  }

  async query<Contract extends MessageContract>(
    contract: Contract,
    payload: RequestOf<Contract>,
    context: RequestContext,
    subject: string | undefined,
  ): Promise<Reply<ValueOf<Contract>>> {
    const written = subject === undefined ? undefined : this.#written.get(subject);
    if (subject === undefined || written === undefined) return this.send(contract, payload, context);
    const minPosition = context.minPosition === undefined ? written : laterOf(context.minPosition, written);
    const reply = await this.send(contract, payload, { ...context, minPosition });
    if (reply.ok || reply.error.code !== 'log.changed' || minPosition !== written) return reply;
    // The log was restored or replaced since: what was written then is not to be waited for, and the caller, who never
    // named that position, must not be refused for it.
    this.#written.forget(subject, written);
    return this.send(contract, payload, context);
  }

  async command<Contract extends MessageContract>(
    contract: Contract,
    payload: RequestOf<Contract>,
    context: RequestContext,
    subject: string | undefined,
  ): Promise<Reply<ValueOf<Contract>>> {
    const reply = await this.send(contract, payload, context);
    if (!reply.ok || reply.position === undefined) return reply;
    if (subject !== undefined) this.#written.set(subject, reply.position);
    await this.#revocations.passWrite(reply.position);
    return reply;
  }

  /** Waits, half a second at most, until this gateway has heard what ended before a position. */
  async passed(position: string | undefined): Promise<void> {
    if (position !== undefined) await this.#revocations.passWrite(position);
  }

  /** Waits, until the deadline at most, until a position that a caller demands was passed; why it was not. */
  async reached(position: string, deadline: number): Promise<ReplyError | undefined> {
    const error = await this.#revocations.bringUp(position, deadline);
    if (error !== undefined) this.#metrics.refusals.inc({ code: error.code });
    return error;
  }

  remember(subject: string, position: string | undefined): void {
    if (position !== undefined) this.#written.set(subject, position);
  }
}
