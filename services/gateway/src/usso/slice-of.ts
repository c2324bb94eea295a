import type { CreationRequest, Reply } from '@evident/contracts';
import type { Page, PageOf } from '../http/pull-page.ts';

/** One page of a list that came whole, since it is never long: of what was made at a time, the oldest first unless asked. */
export function sliceOf<Value, Item extends { readonly createdAt: number }>(
  reply: Reply<Value>,
  itemsOf: (value: Value) => readonly Item[],
  { skip, limit }: Page,
  { createdFrom = -Infinity, createdTo = Infinity, order }: CreationRequest,
): Reply<PageOf<Item>> {
  if (!reply.ok) return reply;
  const made = itemsOf(reply.value).filter(({ createdAt }) => createdFrom <= createdAt && createdAt <= createdTo);
  const sorted = made.sort((one, other) => one.createdAt - other.createdAt);
  if (order === 'desc') sorted.reverse();
  return { ok: true, value: { items: sorted.slice(skip, skip + limit), total: sorted.length } };
}
