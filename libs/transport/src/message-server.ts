import { fail, type MessageContract, type Reply, type RequestContext } from '@evident/contracts';
import { checksAreOn, isReply, whatIsWrongWithReply } from './check-reply.ts';
import { type FaultMapper, storeFaults } from './fault-reply.ts';
import { LateRequests } from './late-requests.ts';
import { type BoundHandler, MessageHandlers } from './message-handlers.ts';
import { receiveRequest } from './receive-request.ts';
import { RequestGate } from './request-gate.ts';
import { noLog, type TransportLog } from './transport-log.ts';

export type TraceMessage = (
  contract: MessageContract,
  context: RequestContext,
  work: (context: RequestContext) => Promise<unknown>,
) => Promise<unknown>;

export interface MessageServerOptions {
  readonly log?: TransportLog;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
  /** Requests of one service that are worked on at once; beyond, `load.shed`. Default 1024. */
  readonly maxInFlight?: number;
  /** Hold replies against their contracts. Default: where `NODE_ENV` is `test` or `development`. */
  readonly checkReplies?: boolean;
  readonly mapFault?: FaultMapper;
  /** For metrics: each request, `ok` or the code, and how long it took; `deadline.passed` where nobody waited for it. */
  readonly observe?: (subject: string, outcome: string, durationMs: number) => void;
  /** Where requests are traced: does the work under a context that names its span. */
  readonly trace?: TraceMessage;
}

const shedRetrySeconds = 1;

/** The answering half of both transports: validates, bounds, runs, and turns whatever happens into a reply. */
export class MessageServer {
  readonly #handlers = new MessageHandlers();
  readonly #gates = new Map<string, RequestGate>();
  readonly #log: TransportLog;
  readonly #late: LateRequests;
  readonly #clock: () => number;
  readonly #maxInFlight: number;
  readonly #checkReplies: boolean;
  readonly #mapFault: FaultMapper;
  readonly #observe: MessageServerOptions['observe'];
  readonly #trace: TraceMessage | undefined;
  #closing = false;

  constructor(options: MessageServerOptions = {}) {
    this.#log = options.log ?? noLog;
    this.#late = new LateRequests(this.#log);
    this.#clock = options.clock ?? Date.now;
    this.#maxInFlight = options.maxInFlight ?? 1024;
    this.#checkReplies = options.checkReplies ?? checksAreOn;
    this.#mapFault = options.mapFault ?? storeFaults;
    this.#observe = options.observe;
    this.#trace = options.trace;
  }

  serve(handlers: Iterable<BoundHandler>): void {
    for (const bound of handlers) {
      this.#handlers.addBound(bound);
      const { service } = bound.contract;
      if (!this.#gates.has(service)) this.#gates.set(service, new RequestGate(this.#maxInFlight));
    }
  }

  answers(subject: string): boolean {
    return !this.#closing && this.#handlers.get(subject) !== undefined;
  }

  get handlers(): Iterable<BoundHandler> {
    return this.#handlers;
  }

  get inFlight(): number {
    return [...this.#gates.values()].reduce((sum, gate) => sum + gate.inFlight, 0);
  }

  /**
   * Answers one request. Never rejects.
   * @returns undefined where nobody waits for an answer any more.
   */
  async handle(subject: string, envelope: unknown): Promise<Reply<unknown> | undefined> {
    const bound = this.#handlers.get(subject);
    const gate = bound && this.#gates.get(bound.contract.service);
    if (bound === undefined || gate === undefined || this.#closing) return fail('service.unavailable');
    const started = this.#observe === undefined ? 0 : performance.now();
    const reply = gate.enter() ? await this.#work(bound, envelope).finally(() => gate.leave()) : this.#shed();
    this.#observe?.(subject, outcomeOf(reply), performance.now() - started);
    return reply;
  }

  /** Takes nothing more and waits for what is in flight. */
  async drain(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#gates.values()].map((gate) => gate.close()));
  }

  #shed(): Reply<never> {
    return fail('load.shed', { retryAfterSeconds: shedRetrySeconds });
  }

  async #work({ contract, handle }: BoundHandler, envelope: unknown): Promise<Reply<unknown> | undefined> {
    let context: RequestContext | undefined;
    try {
      const request = receiveRequest(contract, envelope);
      if (!request.ok) return request;
      const { payload } = request;
      context = request.context;
      const lateMs = this.#clock() - context.deadline;
      if (lateMs >= 0) {
        this.#late.dropped(contract.subject, lateMs);
        return undefined;
      }
      const work = async (traced: RequestContext): Promise<unknown> => handle(payload, traced);
      const reply = await (this.#trace === undefined ? handle(payload, context) : this.#trace(contract, context, work));
      if (!isReply(reply)) throw new Error(`The handler of ${contract.subject} did not return a reply`);
      const wrong = this.#checkReplies ? whatIsWrongWithReply(contract, reply) : undefined;
      if (wrong === undefined) return reply;
      throw new Error(`The reply to ${contract.subject} ${wrong}`);
    } catch (fault) {
      return this.#faultReply(contract.subject, context, fault);
    }
  }

  #faultReply(subject: string, context: RequestContext | undefined, fault: unknown): Reply<never> {
    const error = this.#mapFault(fault) ?? { code: 'fault.internal' };
    // None where the request could not even be read.
    const ids = context && { correlationId: context.correlationId, commandId: context.commandId };
    this.#log.error({ message: subject, ...ids, code: error.code, error: fault }, 'A request failed.');
    return { ok: false, error };
  }
}

function outcomeOf(reply: Reply<unknown> | undefined): string {
  if (reply === undefined) return 'deadline.passed';
  return reply.ok ? 'ok' : reply.error.code;
}
