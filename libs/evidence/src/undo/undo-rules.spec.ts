import { eventRegistry } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { undoRules } from '../index.ts';

describe('the rules of undo', () => {
  it('say of every type of event what an undo does about it', () => {
    expect(Object.keys(undoRules).toSorted()).toEqual(eventRegistry.definitions.map(({ type }) => type).toSorted());
  });

  it.each([
    'user.password-changed',
    'user.password-removed',
    'app.key-issued',
    'app.key-revoked',
    'apikey.issued',
    'apikey.revoked',
    'session.opened',
    'session.revoked',
    'user.sessions-ended',
    'user.removed',
    'user.erased',
    'app.removed',
    'role.retired',
    'workspace.removed',
    'agent.removed',
    'erasure.completed',
  ])('credentials, sessions, removal and erasure cannot be undone: %s', (type) => {
    expect(undoRules[type]).toMatchObject({ kind: 'cannot', because: expect.any(String) });
  });

  it('bring back at least twenty kinds of change', () => {
    const kinds = Object.values(undoRules).filter(({ kind }) => kind === 'field' || kind === 'making');
    expect(kinds.length).toBeGreaterThanOrEqual(20);
  });
});
