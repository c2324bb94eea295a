import { hash, type KeyObject } from 'node:crypto';
import { macText } from './text/mac.ts';

/**
 * The secret that lets whoever holds it, once, open a session on a sign-in event. Derived from a service key and
 * the command id, so that a retried command shows the same; 43 characters of base64url.
 */
export function deriveTicket(key: KeyObject, commandId: string): string {
  return macText(key, 'sign-in ticket', commandId);
}

/** What the event holds of a ticket: SHA-256, base64url. A ticket has 256 bits of entropy, so no key is needed. */
export function ticketHash(ticket: string): string {
  return hash('sha256', ticket, 'base64url');
}
