import { describe, expect, test } from 'vitest';
import { parsePrincipal, principalName } from './principal.ts';

const id = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';

describe('who holds power', () => {
  test.each([
    [{ kind: 'user', id }, `user:${id}`],
    [{ kind: 'agent', id }, `service:${id}`],
  ] as const)('%o is written as %s, and read so', (principal, name) => {
    expect(principalName(principal)).toBe(name);
    expect(parsePrincipal(name)).toEqual(principal);
  });

  test.each([
    '',
    id,
    'user:',
    `agent:${id}`,
    `system:${id}`,
    ` user:${id}`,
    `user:${id}0`,
    `user:${id.slice(1)}`,
    `user:${id}\n`,
    `user:${'-'.repeat(36)}`,
  ])('%j is nobody', (name) => {
    expect(parsePrincipal(name)).toBeUndefined();
  });
});
