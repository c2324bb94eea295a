import { describe, expect, test } from 'vitest';
import { meet } from './index.ts';

describe('what two lists of scopes have in common', () => {
  test.each([
    [['read:sso/user'], ['*:*'], ['read:sso/user']],
    [['*:*'], ['read:sso/user'], ['read:sso/user']],
    [['manage:sso/user'], ['read:sso/user', 'read:sso/role'], ['read:sso/user']],
    [['read:sso/user'], ['read:sso/role'], []],
    [['manage:sso/user?workspace_id=w1'], ['read:sso/user'], []],
    [['read:sso/user', 'read:sso/user'], ['read:sso/user'], ['read:sso/user']],
    [[], ['*:*'], []],
    [['read:sso/user?colour'], ['*:*'], []],
  ])('of %j and %j is %j', (one, other, both) => {
    expect(meet(one, other)).toEqual(both);
  });
});
