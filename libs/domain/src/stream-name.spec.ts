import { describe, expect, test } from 'vitest';
import { parseStreamName } from './stream-name.ts';
import { streams } from './streams.ts';

const id = '0198a1b2-0000-7000-8000-000000000001';

describe('stream names', () => {
  test.each([
    [streams.user('main', id), `user-main.${id}`],
    [streams.app('main', id), `app-main.${id}`],
    [streams.signIn('main', id), `signin-main.${id}`],
    [streams.signIn('main', undefined), 'signin-main.unknown'],
    [streams.reservation('main', 'username', 'k1.aB-_9'), 'reservation-main.username-k1.aB-_9'],
    [streams.roster('main'), 'roster-main'],
    [streams.numbers('main', 'user'), 'numbers-main.user'],
    [streams.session('main', id), `session-main.${id}`],
    [streams.signingKeys('main'), 'signingkeys-main'],
    [streams.keyring('main', 'auth-command'), 'keyring-main.auth-command'],
    [streams.operations('main', 'users'), 'projection-main.users'],
  ])('%s', (name, expected) => {
    expect(name).toBe(expected);
    const parsed = parseStreamName(name);
    expect(parsed?.tenant).toBe('main');
    expect(parsed && `${parsed.category}-${parsed.tenant}${parsed.id && `.${parsed.id}`}`).toBe(name);
  });

  test.each(['', 'user', '$all', 'User-main.x', 'user-.x', 'user-main.', '-main.x', 'user-ma in.x', 'user-main-x'])(
    '%j is none',
    (name) => {
      expect(parseStreamName(name)).toBeUndefined();
    },
  );
});
