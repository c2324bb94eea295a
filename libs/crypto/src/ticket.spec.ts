import { createHash, createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateKey } from './keys/wrapped-key.ts';
import { deriveTicket, ticketHash } from './ticket.ts';

const key = createSecretKey(generateKey());

describe('a sign-in ticket', () => {
  it('is the same for the same command and another for another', () => {
    expect(deriveTicket(key, 'command 1')).toBe(deriveTicket(key, 'command 1'));
    expect(deriveTicket(key, 'command 1')).toMatch(/^[\w-]{43}$/);
    expect(deriveTicket(key, 'command 1')).not.toBe(deriveTicket(key, 'command 2'));
    expect(deriveTicket(key, 'command 1')).not.toBe(deriveTicket(createSecretKey(generateKey()), 'command 1'));
  });

  it('is recorded by its SHA-256', () => {
    const ticket = deriveTicket(key, 'command 1');
    expect(ticketHash(ticket)).toBe(createHash('sha256').update(ticket).digest('base64url'));
  });
});
