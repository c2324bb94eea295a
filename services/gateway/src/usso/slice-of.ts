import type { Reply } from '@evident/contracts';
import type { Page, PageOf } from '../http/pull-page.ts';

/** One page of a list that came whole, since it is never long. */
export function sliceOf<Value, Item>(
  reply: Reply<Value>,
  itemsOf: (value: Value) => readonly Item[],
  { skip, limit }: Page,
): Reply<PageOf<Item>> {
  if (!reply.ok) return reply;
  const all = itemsOf(reply.value);
  return { ok: true, value: { items: all.slice(skip, skip + limit), total: all.length } };
}
