import { type CreationRequest, inOrder, isWithin, type Reply } from '@evident/contracts';
import type { Page, PageOf } from '../http/pull-page.ts';

/** One page of a list that came whole, since it is never long: of what was made at a time, the oldest first unless asked. */
export function sliceOf<Value, Item extends { readonly createdAt: number }>(
  reply: Reply<Value>,
  itemsOf: (value: Value) => readonly Item[],
  { skip, limit }: Page,
  asked: CreationRequest,
): Reply<PageOf<Item>> {
  if (!reply.ok) return reply;
  const made = itemsOf(reply.value).filter(({ createdAt }) => isWithin(asked, createdAt));
  const sorted = inOrder(made, asked.order, (one, other) => one.createdAt - other.createdAt);
  return { ok: true, value: { items: sorted.slice(skip, skip + limit), total: sorted.length } };
}
