import { describe, expect, it } from 'vitest';
import { wantedTypes } from './wanted-types.ts';

describe('the types of a subscription', () => {
  it('are users, apps, roles and workspaces unless others are named', () => {
    const types = wantedTypes();
    expect(types.matches('user.registered') && types.matches('workspace.created')).toBe(true);
    expect(types.matches('signin.failed') || types.matches('session.opened')).toBe(false);
  });

  it('become subjects of the stream, each once', () => {
    const all = wantedTypes(['user.*', 'user.registered', 'role.defined', 'agent.*']);
    expect(all.subjects('main')).toEqual([
      'evident.events.main.user.*.*',
      'evident.events.main.role.*.defined',
      'evident.events.main.service.*.*',
    ]);
    expect(wantedTypes(['*', 'user.*']).subjects('acme')).toEqual(['evident.events.acme.>']);
  });

  it.each([['user'], ['User.*'], ['*.registered'], ['user.*.x'], ['']])('%s is no pattern', (pattern) => {
    expect(() => wantedTypes([pattern])).toThrow('is no pattern');
  });
});
