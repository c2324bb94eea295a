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
