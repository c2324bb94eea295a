/**
 * Where a wrapping key comes from: the variable, already decoded to its 32 bytes, or a file in the data directory,
 * which the keyring reads and, for a new log, makes.
 */
export type KeySource =
  | { readonly from: 'environment'; readonly key: Buffer }
  | { readonly from: 'file'; readonly path: string };

export function keySource(key: Buffer | undefined, path: string): KeySource {
  return key === undefined ? { from: 'file', path } : { from: 'environment', key };
}
