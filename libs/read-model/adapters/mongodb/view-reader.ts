import { type AnyView, viewId } from '../../src/read-model.port.ts';
import { collectionOf, type GroupRecord } from './group-record.ts';
import type { SharedStore } from './shared-store.ts';
import type { ViewCollection } from './view-collection.ts';

/**
 * Reads rows where readers see them. Another process may give readers other rows at any time, so each read asks beside
 * it, in the same round trip, where the rows lie, and is done again where that is not where it looked.
 */
export class ViewReader {
  readonly #shared: SharedStore;
  readonly #generation: string | undefined;
  /** Where each view was found last. */
  readonly #last = new Map<string, string>();

  constructor(shared: SharedStore, generation: string | undefined) {
    this.#shared = shared;
    this.#generation = generation;
  }

  collectionIn(records: readonly GroupRecord[], view: AnyView): string {
    return collectionOf(records, view, this.#generation);
  }

  read<Result>(
    view: AnyView,
    work: (rows: ViewCollection) => Promise<Result>,
    isEmpty: (result: Result) => boolean,
  ): Promise<Result> {
    return this.#shared.connection.do(async () => {
      let name = this.#last.get(viewId(view)) ?? (await this.#look(view));
      for (;;) {
        const looking = this.#look(view);
        looking.catch(() => undefined);
        // Undefined where the collection is gone.
        const result = (await this.#shared.exists(name)) ? { found: await work(this.#shared.view(name)) } : undefined;
        let now = await looking;
        // Rows that were replaced, and dropped, before they were read are none: then the look must come after them.
        if (now === name && (result === undefined || isEmpty(result.found))) now = await this.#look(view);
        if (now === name && result !== undefined) return result.found;
        if (now === name) await this.#shared.mustExist(name);
        name = now;
      }
    });
  }

  async #look(view: AnyView): Promise<string> {
    const name = this.collectionIn(await this.#shared.records.placing(), view);
    this.#last.set(viewId(view), name);
    return name;
  }
}
