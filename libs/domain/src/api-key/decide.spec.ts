import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import { apiKeyDecider } from './decide.ts';
import { evolveApiKeyProfile } from './profile.ts';
import { livingApiKey } from './state.ts';

const holder = { kind: 'agent', id: '00000000-0000-4000-8000-00000000000a' } as const;
const issuedBy = { kind: 'user', id: '00000000-0000-4000-8000-000000000001' } as const;
const data = {
  holder,
  issuedBy,
  name: 'ci',
  scopes: ['read:sso/user'],
  lookup: 'k1.abc',
  prefix: 'usso_sk_abcd',
  expiresAt: 100,
};
const issue = { type: 'issue-api-key', ...data } as const;
const issued = { type: 'apikey.issued', data } as const;
const revoke = { type: 'revoke-api-key', now: 50 } as const;

describe('an API key', () => {
  test('is issued once', () => {
    given(apiKeyDecider, []).when(issue).then([issued]);
    given(apiKeyDecider, [issued]).when(issue).then(reject('apikey.already-issued'));
  });

  test('is revoked once, and for ever', () => {
    given(apiKeyDecider, [issued])
      .when(revoke)
      .then([{ type: 'apikey.revoked', data: { revokedAt: 50 } }]);
    given(apiKeyDecider, [issued])
      .when(revoke, { ...revoke, now: 60 })
      .then([]);
    given(apiKeyDecider, []).when(revoke).then(reject('apikey.unknown'));
  });

  test('lives from its issue until it is revoked or the instant it expires', () => {
    const { state } = given(apiKeyDecider, []).when(issue);
    expect(livingApiKey(state, 99)).toEqual(data);
    expect(livingApiKey(state, 100)).toBeUndefined();
    expect(livingApiKey(given(apiKeyDecider, []).when(issue, revoke).state, 40)).toBeUndefined();
    const endless = given(apiKeyDecider, []).when({ ...issue, expiresAt: null }).state;
    expect(livingApiKey(endless, Number.MAX_SAFE_INTEGER)).toBeDefined();
    expect(livingApiKey(apiKeyDecider.initial, 0)).toBeUndefined();
  });

  test('is still shown when it was revoked, and never with its hash', () => {
    const shown = evolveApiKeyProfile(evolveApiKeyProfile(undefined, issued, 1), apiKeyRevokedAt(50), 2);
    const { lookup: _, ...members } = data;
    expect(evolveApiKeyProfile(undefined, issued, 1)).toEqual({
      ...members,
      revokedAt: null,
      createdAt: 1,
      updatedAt: 1,
    });
    expect(shown).toEqual({ ...members, revokedAt: 50, createdAt: 1, updatedAt: 2 });
    expect(evolveApiKeyProfile(undefined, apiKeyRevokedAt(50), 2)).toBeUndefined();
  });
});

function apiKeyRevokedAt(revokedAt: number) {
  return { type: 'apikey.revoked', data: { revokedAt } } as const;
}
