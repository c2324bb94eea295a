import type { Reply } from '@evident/contracts';
import type { Answer } from '../http/answer.ts';
import { asfRefusals } from './refusals.ts';

/** The answer of a read. */
export function found<Value>(reply: Reply<Value>, present: (value: Value) => unknown): Answer {
  return reply.ok ? { status: 200, json: present(reply.value) } : asfRefusals.refuse(reply.error);
}

/** One page of a list, with the number of all. */
export function listed<Value>(
  reply: Reply<Value>,
  present: (value: Value) => readonly unknown[],
  total: (value: Value) => number,
): Answer {
  if (!reply.ok) return asfRefusals.refuse(reply.error);
  return { status: 200, json: present(reply.value), headers: { 'x-total-count': String(total(reply.value)) } };
}

/** The answer of a write, with its position. */
export function written<Value>(
  reply: Reply<Value>,
  present: (value: Value) => { readonly status: number; readonly json?: unknown },
): Answer {
  if (!reply.ok) return asfRefusals.refuse(reply.error);
  return { ...present(reply.value), ...positioned(reply.position) };
}

export function positioned(position: string | undefined): { readonly headers?: Readonly<Record<string, string>> } {
  return position === undefined ? {} : { headers: { 'x-evident-position': position } };
}

/** `PUT`: null counts as absent, and so does undefined. */
export function present<Members extends Readonly<Record<string, unknown>>>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], null | undefined> } {
  const kept = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as { [Name in keyof Members]?: Exclude<Members[Name], null | undefined> };
}
