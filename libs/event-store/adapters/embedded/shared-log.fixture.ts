import type { EventStore } from '../../src/event-store.port.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';

/**
 * One log for many cases, each of which uses streams of its own: a store that a case leaves open serves the next one,
 * since most of the time of a short case would go into starting threads.
 */
export class SharedLog {
  readonly #log = new EmbeddedLog();
  #idle: EventStore[] = [];

  /** The log for one case. */
  lend() {
    const lent: EventStore[] = [];
    return {
      connect: async (): Promise<EventStore> => {
        const store = this.#idle.pop() ?? (await this.#log.connect());
        lent.push(store);
        return store;
      },
      destroy: async (): Promise<void> => {
        for (const store of lent) {
          const open = await store.lastPosition().then(
            () => true,
            () => false,
          );
          if (open) this.#idle.push(store);
        }
      },
    };
  }

  async destroy(): Promise<void> {
    this.#idle = [];
    await this.#log.destroy();
  }
}
