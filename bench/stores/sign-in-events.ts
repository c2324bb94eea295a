import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@evident/event-store';

/** A sign-in attempt as it is stored: about 500 bytes. */
export function signInEvent(): NewEvent {
  const metadata = {
    tenant: 'main',
    actor: `user:${randomUUID()}`,
    commandId: randomUUID(),
    correlationId: randomUUID(),
    occurredAt: Date.now(),
  };
  const data = { app: randomUUID(), sealed: 'x'.repeat(140) };
  return { id: randomUUID(), type: 'signin.succeeded', schema: 1, data, metadata };
}

/** Streams of as many users as give each ten of the attempts, in turns that are no order. */
export function signInStreams(attempts: number): (attempt: number) => string {
  const streams = Array.from({ length: Math.ceil(attempts / 10) }, () => `signin-main.${randomUUID()}`);
  return (attempt) => streams[(attempt * 7919) % streams.length] ?? '';
}
