import type { Reply } from '@evident/contracts';
import type { Answer } from '../http/answer.ts';
import type { Page, PageOf } from '../http/pull-page.ts';
import { ussoRefusals } from './refusals.ts';

/** The answer of a read. */
export function found<Value>(reply: Reply<Value>, present: (value: Value) => unknown): Answer {
  return reply.ok ? { status: 200, json: present(reply.value) } : ussoRefusals.refuse(reply.error);
}

/** One page of a list. */
export function listed<Item>(
  reply: Reply<PageOf<Item>>,
  { skip, limit }: Page,
  present: (item: Item) => unknown,
): Answer {
  if (!reply.ok) return ussoRefusals.refuse(reply.error);
  const { items, total } = reply.value;
  return { status: 200, json: { items: items.map((item) => present(item)), total, offset: skip, limit } };
}

/** The answer of a write, with its position: 201 for a new object, else 200. */
export function written<Value>(reply: Reply<Value>, status: 200 | 201, present: (value: Value) => unknown): Answer {
  if (!reply.ok) return ussoRefusals.refuse(reply.error);
  return { status, json: present(reply.value), ...positioned(reply.position) };
}

export function positioned(position: string | undefined): { readonly headers?: Readonly<Record<string, string>> } {
  return position === undefined ? {} : { headers: { 'x-evident-position': position } };
}
