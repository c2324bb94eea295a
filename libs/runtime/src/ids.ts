import { randomUUID } from 'node:crypto';

/** A random UUID, version 4. */
export function randomUuid(): string {
  return randomUUID();
}
