import type { MessageContract, Reply, RequestContext, RequestOf, ValueOf } from '@evident/contracts';

/**
 * Asks another service. The two adapters, in-process and NATS, pass one contract suite (`contract/`), so that a service
 * cannot tell where the other one runs.
 *
 * - Never throws for what can be expected; the reply says it with a code:
 *   `service.unavailable` nobody answers to that subject, or the connection is away: nothing was sent;
 *   `deadline.passed` sent, and no answer came by `context.deadline`: the outcome is unknown;
 *   `load.shed` too many requests in flight to that service, here or there: nothing was done;
 *   `request.invalid` the request is not of its contract's shape, or larger than `maxMessageBytes`;
 *   `fault.internal` the handler failed, or what was to be sent is no JSON; its log has the reason.
 * - An answer that comes after the deadline is dropped. A request whose deadline has passed when it is received is
 *   not begun. Deadlines are times of day: the clocks of two machines must agree to well within the deadlines used.
 * - Sent at most once. Who repeats a command does so with the same `commandId`.
 * - No order between requests.
 * - What is handed over is frozen where it is not copied: neither side may change it afterwards.
 */
export interface RequestClient {
  request<Contract extends MessageContract>(
    contract: Contract,
    payload: RequestOf<Contract>,
    context: RequestContext,
  ): Promise<Reply<ValueOf<Contract>>>;
}

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json | undefined;
}

/**
 * News that nobody waits for, at most once, in the order of publishing for each publisher. While the connection is
 * away news is lost, not kept for later: whoever needs to know asks. Handlers run apart from the publisher, one after
 * the other; one that throws is logged and does not keep the next from its turn.
 */
export interface Broadcast {
  /** Returns at once. What is no JSON is not sent; that is logged. */
  publish(subject: string, message: JsonObject): void;
  /** @returns ends the subscription; nothing is delivered after it was called. Exact subjects only. */
  subscribe(subject: string, handler: (message: JsonObject) => void): () => void;
}

export type LinkStatus = 'connected' | 'reconnecting' | 'closed';

/** For readiness. */
export interface TransportLink {
  readonly status: LinkStatus;
}

/** Bytes of JSON of one request or one reply, on both transports. Longer answers are pulled page by page. */
export const maxMessageBytes = 256 * 1024;
