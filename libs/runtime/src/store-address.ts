import { join, resolve } from 'node:path';

/** Where a store is: a file of this machine, or a server. The URL of a server may hold its password: never log it. */
export type StoreAddress<Server extends string> =
  | { readonly kind: 'embedded'; readonly path: string }
  | { readonly kind: Server; readonly url: string };

function address<Server extends string>(url: string, server: Server): StoreAddress<Server> {
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1];
  return file === undefined ? { kind: server, url } : { kind: 'embedded', path: resolve(file) };
}

/** `events.db` in the data directory unless a URL says otherwise. */
export function eventStoreAddress(url: string | undefined, dataDir: string): StoreAddress<'eventstoredb'> {
  return address(url ?? `sqlite:${join(dataDir, 'events.db')}`, 'eventstoredb');
}

/** `read-models.db` in the data directory unless a URL says otherwise; deleting `read-model*` loses nothing but time. */
export function readModelAddress(url: string | undefined, dataDir: string): StoreAddress<'mongodb'> {
  return address(url ?? `sqlite:${join(dataDir, 'read-models.db')}`, 'mongodb');
}

/**
 * Beside the log: in a file where that is one. With the log on a server several machines need the same keys, so they
 * lie on the MongoDB of the rows, in a database of their own whose name ends in `-keys`.
 */
export function personKeysAddress(
  url: string | undefined,
  { dataDir, eventStore, readModel }: PersonKeysSurroundings,
): StoreAddress<'mongodb'> {
  if (url !== undefined) return address(url, 'mongodb');
  if (eventStore.kind === 'embedded' || readModel.kind === 'embedded') {
    return { kind: 'embedded', path: join(dataDir, 'person-keys.db') };
  }
  return { kind: 'mongodb', url: withDatabase(readModel.url, (database) => `${database}-keys`) };
}

interface PersonKeysSurroundings {
  readonly dataDir: string;
  readonly eventStore: StoreAddress<'eventstoredb'>;
  readonly readModel: StoreAddress<'mongodb'>;
}

/** The same server with another database. Not `URL`, which reads no list of hosts. */
function withDatabase(url: string, rename: (database: string) => string): string {
  const [, server = '', database = '', options = ''] = /^([a-z+]+:\/\/[^/?]+)\/?([^?]*)(\?.*)?$/.exec(url) ?? [];
  return `${server}/${rename(database === '' ? 'evident' : database)}${options}`;
}
