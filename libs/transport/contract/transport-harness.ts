import type { BoundHandler, Broadcast, RequestClient, TransportLink, TransportLog } from '../src/index.ts';

export type TransportUnderTest = RequestClient & Broadcast & TransportLink;

export interface HarnessOptions {
  readonly log?: TransportLog;
  /** Of each instance of a service. */
  readonly maxInFlight?: number;
  /** Of the client. */
  readonly maxWaiting?: number;
}

export interface ServedInstance {
  readonly inFlight: number;
  drain(): Promise<void>;
}

/** One wire, fresh for each case: a client, and services that are added to it. */
export interface TransportHarness {
  readonly client: TransportUnderTest;
  /** Resolves once requests reach the handlers. Called again with the same subjects it is a second instance. */
  serve(handlers: Iterable<BoundHandler>): Promise<ServedInstance>;
  /** Ends whatever carries the messages, resolving once both sides know; where there is such a thing. */
  breakWire?(): Promise<void>;
  mendWire?(): Promise<void>;
  close(): Promise<void>;
}

export type OpenTransport = (options?: HarnessOptions) => Promise<TransportHarness>;

/** One rule of the contract. `run` throws where the transport breaks it. */
export interface TransportCase {
  readonly name: string;
  run(open: OpenTransport): Promise<void>;
}

/** Opens a wire for a case and closes it whatever happens. */
export function onWire(name: string, body: (wire: TransportHarness) => Promise<void>, options?: HarnessOptions) {
  return {
    name,
    async run(open: OpenTransport) {
      const wire = await open(options);
      try {
        await body(wire);
      } catch (broken) {
        // Not awaited: a handler that the case holds would keep the close, and so the reason, for ever.
        void wire.close().catch(() => undefined);
        throw broken;
      }
      await wire.close();
    },
  } satisfies TransportCase;
}
