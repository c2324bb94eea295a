import { describe, expect, it } from 'vitest';
import { typePatterns } from './index.ts';

const matches = (text: string | undefined, types: readonly string[]) =>
  types.filter(typePatterns(text) ?? (() => false));
const types = ['user.registered', 'user.app-assigned', 'role.changed', 'signin.failed'];

describe('a list of event types', () => {
  it.each([
    [undefined, types],
    ['*', types],
    ['user.*', types.slice(0, 2)],
    ['user.*,signin.failed', ['user.registered', 'user.app-assigned', 'signin.failed']],
    ['role.changed, user.registered', ['user.registered', 'role.changed']],
    ['workspace.*', []],
  ])('%s', (text, wanted) => {
    expect(matches(text, types)).toEqual(wanted);
  });

  it.each(['', 'user', 'user.*.*', 'User.*', 'user.**', ',', 'user.*,', '*.registered'])('refuses %j', (text) => {
    expect(typePatterns(text)).toBeUndefined();
  });
});
