import { errorCodes, fail, type ReplyError } from '@evident/contracts';
import { describe, expect, it } from 'vitest';
import { asfRefusals } from '../src/asf/refusals.ts';
import { problems } from '../src/evident/problem.ts';
import { ussoRefusals } from '../src/usso/refusals.ts';

const contracts = [
  ['the ASF contract', asfRefusals],
  ['the USSO contract', ussoRefusals],
  ["Evident's own contract", problems],
] as const;

describe.each(contracts)('%s', (_name, refusals) => {
  const challenge = (error: ReplyError) => refusals.refuse(error).headers?.['www-authenticate'];
  const lacking = (missing: string) => fail('caller.not-permitted', { details: { missing } }).error;

  it('tells a missing credential from a bad one, and both from one that may not', () => {
    expect(challenge({ code: 'caller.not-authenticated' })).toBe('Bearer realm="Evident"');
    expect(challenge({ code: 'caller.bad-credential' })).toBe('Bearer realm="Evident", error="invalid_token"');
    expect(challenge({ code: 'caller.not-permitted' })).toBe('Bearer realm="Evident", error="insufficient_scope"');
    expect(challenge(lacking('read:sso/user?workspace_id=w1'))).toBe(
      'Bearer realm="Evident", error="insufficient_scope", scope="read:sso/user?workspace_id=w1"',
    );
  });

  it.each(['read:caf\u00e9', 'read:"x"', 'read:a\\b', 'read:a b', 'read:\u{1f600}', ''])(
    'leaves out a scope that cannot stand in a challenge: %j',
    (scope) => {
      expect(challenge(lacking(scope))).toBe('Bearer realm="Evident", error="insufficient_scope"');
    },
  );

  it('asks for a Bearer with every 401, and with no other refusal than of a lacking scope', () => {
    for (const code of Object.keys(errorCodes) as (keyof typeof errorCodes)[]) {
      const { status } = refusals.refuse({ code });
      const asked = status === 401 || code === 'caller.not-permitted';
      expect([code, challenge({ code })?.startsWith('Bearer') === true]).toEqual([code, asked]);
    }
  });

  it('asks for it as the published document does where a password was wrong', () => {
    expect(challenge({ code: 'signin.refused' })).toBe('Bearer');
  });
});
