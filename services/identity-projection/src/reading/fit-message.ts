/** A message holds 256 KiB; some of it is the envelope. */
export const mostBytes = 240 * 1024;

/**
 * The first objects whose JSON fits into one message, at least one: a page may be shorter than its limit, and the
 * rest is asked for with a larger `skip`.
 */
export function fitMessage<Item>(items: readonly Item[]): readonly Item[] {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    return bytes > mostBytes;
  });
  return end === -1 ? items : items.slice(0, Math.max(1, end));
}
