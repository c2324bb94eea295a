import { textAfterPrefix } from '../../src/text-prefix.ts';

/** The ids that begin so, as a range that the index of ids serves. */
export function idsBeginning(prefix: string): { readonly $gte: string; readonly $lt?: string } {
  const after = textAfterPrefix(prefix);
  return after === undefined ? { $gte: prefix } : { $gte: prefix, $lt: after };
}
