import type { Document } from 'mongodb';

interface Asked {
  readonly collection: string;
  readonly filter: Document;
  readonly sort: Document;
}

/** What was asked of a server, and of the indexes there were. Keeps filters and orders only, no rows. */
export class AskedCommands {
  readonly #asked: Asked[] = [];
  /** Indexes of each collection when it was made: what the adapter declares. */
  readonly #indexes = new Map<string, (readonly string[])[]>();

  readonly hear = (command: Document): void => {
    this.#asked.push(...askedBy(command));
    const { createIndexes, indexes } = command;
    if (createIndexes === undefined) return;
    const keys = (indexes as Document[]).map(({ key }) => fieldsOf(key));
    this.#indexes.set(createIndexes, [...(this.#indexes.get(createIndexes) ?? []), ...keys]);
  };

  get count(): number {
    return this.#asked.length;
  }

  /** Whatever no declared index, and not the key, which is always there, serves from its beginning. */
  unserved(): readonly Asked[] {
    return this.#asked.filter((asked) => {
      const { $or: each = [], ...rest } = asked.filter as { readonly $or?: readonly Document[] };
      const isServed = (filter: Document) => this.#isServed({ ...asked, filter });
      // Each way by an index of its own, where what is common to them is served by none.
      return !isServed(rest) && (each.length === 0 || !each.every((way) => isServed({ ...rest, ...way })));
    });
  }

  #isServed(asked: Asked): boolean {
    if (Object.keys(asked.filter).includes('_id') || isScan(asked)) return true;
    if ([...Object.keys(asked.filter), ...fieldsOf(asked.sort)].length === 0) return false;
    return (this.#indexes.get(asked.collection) ?? []).some((index) => isServedBy(index, asked));
  }
}

/** Every filter of a command, with the collection it goes to. */
function askedBy(command: Document): readonly Asked[] {
  const [name = ''] = Object.keys(command);
  const collection = String(command[name]);
  if (name === 'find') return [{ collection, filter: command.filter ?? {}, sort: command.sort ?? {} }];
  if (name === 'findAndModify') return [{ collection, filter: command.query ?? {}, sort: command.sort ?? {} }];
  if (name === 'update') return command.updates.map(({ q }: Document) => ({ collection, filter: q, sort: {} }));
  if (name === 'delete') return command.deletes.map(({ q }: Document) => ({ collection, filter: q, sort: {} }));
  return [];
}

/** Equality on the first fields, then at most one range, then an order that is the rest of the index. */
function isServedBy(index: readonly string[], { filter, sort }: Asked): boolean {
  const fields = Object.keys(filter);
  const ranged = fields.filter((field) => isRange(filter[field]));
  const equal = fields.filter((field) => !ranged.includes(field));
  const first = index.slice(0, equal.length);
  if (!equal.every((field) => first.includes(field)) || ranged.length > 1) return false;
  if (ranged[0] !== undefined && index[equal.length] !== ranged[0]) return false;
  const order = fieldsOf(sort);
  const rest = order[0] === index[0] ? index : index.slice(equal.length);
  return order.every((field, at) => field === rest[at]);
}

function isRange(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).some((name) => name.startsWith('$'));
}

/** Rows are scanned to compare and check, by key. */
function isScan({ filter, sort }: Asked): boolean {
  return Object.keys(filter).length === 0 && fieldsOf(sort).join() === '_id';
}

function fieldsOf(document: Document): readonly string[] {
  return Object.keys(document instanceof Map ? Object.fromEntries(document) : document);
}
