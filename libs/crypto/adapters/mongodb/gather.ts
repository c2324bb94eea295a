/** Makes one call of what is asked for in the same turn of the event loop. */
export class Gather<Item, Result> {
  readonly #work: (items: readonly Item[]) => Promise<Result>;
  #open: { readonly items: Item[]; readonly result: Promise<Result> } | undefined;

  constructor(work: (items: readonly Item[]) => Promise<Result>) {
    this.#work = work;
  }

  /** The result of all that was gathered with these items. */
  with(items: readonly Item[]): Promise<Result> {
    this.#open ??= this.#begin();
    this.#open.items.push(...items);
    return this.#open.result;
  }

  #begin(): { readonly items: Item[]; readonly result: Promise<Result> } {
    const items: Item[] = [];
    const result = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#open = undefined;
      return this.#work(items);
    });
    return { items, result };
  }
}
