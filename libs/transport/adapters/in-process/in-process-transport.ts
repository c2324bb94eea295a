import {
  fail,
  type MessageContract,
  type Reply,
  type RequestContext,
  type RequestOf,
  type ValueOf,
} from '@evident/contracts';
import { checksAreOn } from '../../src/check-reply.ts';
import { deepFreeze } from '../../src/deep-freeze.ts';
import { whatJsonLoses } from '../../src/json-fidelity.ts';
import type { BoundHandler } from '../../src/message-handlers.ts';
import { MessageServer, type MessageServerOptions } from '../../src/message-server.ts';
import { PendingRequests } from '../../src/pending-requests.ts';
import {
  type Broadcast,
  type JsonObject,
  type LinkStatus,
  maxMessageBytes,
  type RequestClient,
  type TransportLink,
} from '../../src/transport.port.ts';
import { noLog, type TransportLog } from '../../src/transport-log.ts';
import { InProcessBroadcast } from './in-process-broadcast.ts';

export interface InProcessOptions extends MessageServerOptions {
  /** Requests to one service that wait for an answer at once; beyond, `load.shed`. Default 2048. */
  readonly maxWaiting?: number;
  /** Refuse what a wire could not carry. Default: where `NODE_ENV` is `test` or `development`. */
  readonly checkRequests?: boolean;
}

/** Both ends of the transport in one object: several services of one process serve on it and ask through it. */
export class InProcessTransport implements RequestClient, Broadcast, TransportLink {
  readonly #server: MessageServer;
  readonly #pending: PendingRequests;
  readonly #broadcast: InProcessBroadcast;
  readonly #clock: () => number;
  readonly #log: TransportLog;
  readonly #checkRequests: boolean;
  #status: LinkStatus = 'connected';

  constructor(options: InProcessOptions = {}) {
    this.#clock = options.clock ?? Date.now;
    this.#log = options.log ?? noLog;
    this.#checkRequests = options.checkRequests ?? checksAreOn;
    this.#server = new MessageServer(options);
    this.#pending = new PendingRequests({ clock: this.#clock, maxInFlight: options.maxWaiting ?? 2048 });
    this.#broadcast = new InProcessBroadcast(this.#log);
  }

  get status(): LinkStatus {
    return this.#status;
  }

  /** Requests that are being worked on. */
  get inFlight(): number {
    return this.#server.inFlight;
  }

  /** Answers to these subjects from now on. */
  serve(handlers: Iterable<BoundHandler>): void {
    this.#server.serve(handlers);
  }

  request<Contract extends MessageContract>(
    contract: Contract,
    payload: RequestOf<Contract>,
    context: RequestContext,
  ): Promise<Reply<ValueOf<Contract>>> {
    const refusal = this.#refuse(contract, payload, context);
    const answer = refusal === undefined ? this.#ask(contract, payload, context) : Promise.resolve(refusal);
    return answer as Promise<Reply<ValueOf<Contract>>>;
  }

  publish(subject: string, message: JsonObject): void {
    this.#broadcast.publish(subject, message);
  }

  subscribe(subject: string, handler: (message: JsonObject) => void): () => void {
    return this.#broadcast.subscribe(subject, handler);
  }

  /** Answers nothing new and waits for what is in flight. */
  async drain(): Promise<void> {
    this.#status = 'closed';
    await this.#server.drain();
  }

  #refuse(contract: MessageContract, payload: unknown, context: RequestContext): Reply<never> | undefined {
    if (context.deadline <= this.#clock()) return fail('deadline.passed');
    if (!this.#server.answers(contract.subject)) return fail('service.unavailable', { retryAfterSeconds: 1 });
    if (!this.#checkRequests) return undefined;
    const lost = whatJsonLoses(payload, 'payload');
    if (lost !== undefined) {
      const { correlationId } = context;
      this.#log.error(
        { message: contract.subject, correlationId, reason: lost },
        'A request that is no JSON was not sent.',
      );
      return fail('fault.internal');
    }
    const size = Buffer.byteLength(JSON.stringify({ payload, context }));
    return size > maxMessageBytes ? fail('request.invalid', { details: { part: 'size', maxMessageBytes } }) : undefined;
  }

  #ask({ subject, service }: MessageContract, payload: unknown, context: RequestContext): Promise<Reply<unknown>> {
    return new Promise((settle) => {
      const id = this.#pending.add({ service, subject, deadline: context.deadline, settle });
      if (id === undefined) return;
      void this.#server.handle(subject, { payload, context }).then((reply) => {
        this.#pending.settle(id, reply === undefined ? fail('deadline.passed') : deepFreeze(reply));
      });
    });
  }
}
