import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '../cloud-event.ts';
import { handleEvent } from '../feed/handle-event.ts';
import type { SubscribeOptions, Subscription } from '../feed/subscription.ts';
import { wantedTypes } from '../feed/wanted-types.ts';

/** What of an event a test says; the rest is made up. */
export type EventToPublish = Pick<CloudEvent, 'type' | 'subject'> & Partial<Omit<CloudEvent, 'specversion'>>;

export type FakeSubscription = Subscription;

/** Evident's events without Evident: hand `subscribe` to the code under test, then `publish`. */
export interface FakeEvents {
  /** As `subscribe` of the package; `servers`, `url` and `token` are ignored, and there is no checkpoint. */
  readonly subscribe: (options: Omit<SubscribeOptions, 'durable'> & { readonly durable?: string }) => FakeSubscription;
  /**
   * Resolves when every subscriber has handled it, after all that was published before: a handler that waits for it waits
   * for itself. Rejects with the `HandlerFailed` of what a handler threw.
   */
  publish(event: EventToPublish): Promise<CloudEvent>;
  /** The same event to every subscriber once more, as after a crash. */
  redeliver(event: CloudEvent): Promise<void>;
  readonly published: readonly CloudEvent[];
}

export function createFakeEvents(): FakeEvents {
  const published: CloudEvent[] = [];
  const listeners = new Set<(event: CloudEvent) => Promise<void>>();
  const revisions = new Map<string, number>();
  const tell = async (event: CloudEvent) => {
    await Promise.all([...listeners].map((listener) => listener(event)));
  };
  return {
    published,
    subscribe(options) {
      const types = wantedTypes(options.types);
      const stopping = new AbortController();
      let position: string | undefined;
      const closed = settledLater();
      const take = async (event: CloudEvent) => {
        if (stopping.signal.aborted || !types.matches(event.type)) return;
        const place = { position: event.position };
        // Tests do not wait: what fails, fails at once.
        const work = () => options.handle(event, { place });
        await handleEvent(event, work, { maxAttempts: 1, ...options, firstPauseMs: 0 }, stopping.signal);
        position = event.position;
      };
      const past = options.from === 'start' ? published : [];
      const caughtUp = past.reduce((done, event) => done.then(() => take(event)), Promise.resolve());
      let turn = caughtUp.catch(closed.reject);
      const listen = (event: CloudEvent) => {
        const taken = turn.then(() => take(event));
        turn = taken.catch(() => undefined);
        return taken;
      };
      listeners.add(listen);
      return {
        position: () => position,
        closed: closed.promise,
        async stop() {
          listeners.delete(listen);
          stopping.abort();
          closed.resolve();
        },
      };
    },
    async publish(said) {
      const revision = (revisions.get(said.subject) ?? -1) + 1;
      revisions.set(said.subject, revision);
      const event: CloudEvent = {
        specversion: '1.0',
        id: randomUUID(),
        source: '/tenants/main',
        time: new Date().toISOString(),
        dataschema: `urn:evident:${said.type}:1`,
        datacontenttype: 'application/json',
        data: {},
        position: `fake~${String(published.length + 1).padStart(16, '0')}`,
        revision,
        actor: 'system',
        commandid: randomUUID(),
        correlationid: randomUUID(),
        ...said,
      };
      published.push(event);
      await tell(event);
      return event;
    },
    redeliver: tell,
  };
}

/** `Promise.withResolvers`, which Node 20 has not. */
function settledLater() {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
}
