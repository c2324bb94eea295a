import { describe, expect, test } from 'vitest';
import { isWider, narrow, onlyValue, parseScope } from './index.ts';

describe('narrowing', () => {
  test.each([
    ['read:users', 'read:users?workspace_id=w1'],
    ['read:sso/users', 'read:sso/users?workspace_id=w1'],
    ['users', 'read:users?workspace_id=w1'],
    ['*:*', '*:*?workspace_id=w1'],
    ['read:users?*', 'read:users?workspace_id=w1'],
    ['read:users?uid=u%20*', 'read:users?uid=u%20*&workspace_id=w1'],
    ['read:users?workspace_id=w1', 'read:users?workspace_id=w1'],
    ['read:users?workspace_id=w*', 'read:users?workspace_id=w1'],
    ['read:users?workspace_id=w2', undefined],
    ['read:users?workspace_id=w2&workspace_id=w1', undefined],
    ['read:users?workspace_id', undefined],
    ['', undefined],
  ])('%s becomes %s', (scope, narrowed) => {
    expect(narrow(scope, 'workspace_id', 'w1')).toBe(narrowed);
  });

  test('a value with the letters of a pattern stands for itself', () => {
    expect(narrow('read:users', 'uid', 'a*[b]?')).toBe('read:users?uid=a%5B*%5D%5B%5B%5Db%5D%5B%3F%5D');
    expect(isWider('read:users?uid=axb', narrow('read:users', 'uid', 'a*b') ?? '')).toBe(true);
  });
});

describe('the only value that a filter lets through', () => {
  test.each([
    ['uid=u1', 'u1'],
    ['uid=a%5B*%5Db', 'a*b'],
    ['uid=u*', undefined],
    ['uid=u%3F', undefined],
    ['uid=[ab]', undefined],
    ['uid=[!a]', undefined],
    ['uid=[a-b]', undefined],
    ['owner_id=u1', undefined],
  ])('of %s is %s', (query, value) => {
    const parsed = parseScope(`read:users?${query}`);
    expect(parsed.ok && onlyValue(parsed.scope.filters, 'uid')).toBe(value);
  });
});
