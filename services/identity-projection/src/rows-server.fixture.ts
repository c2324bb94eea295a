import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where this run of the suites keeps its rows, if not in files. */
    rowsServer: RowsServer;
  }
}

/** A server of the MongoDB protocol, or why there is none. */
export type RowsServer = { readonly url: string } | { readonly missing: string };

/** Settings of a read model that nothing else uses: on the server that this run is given, else in a file. */
export function rowsSettings(): { READ_MODEL_URL?: string } {
  // Only one of the two runs of these suites is given one.
  const server: RowsServer | undefined = inject('rowsServer');
  if (server === undefined || 'missing' in server) return {};
  return { READ_MODEL_URL: new URL(`/evident_rows_${crypto.randomUUID().slice(0, 12)}`, server.url).href };
}
