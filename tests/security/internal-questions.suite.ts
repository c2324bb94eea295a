import {
  createRole,
  fail,
  findRoles,
  findSignIn,
  getRevocations,
  getStatus,
  listOpenClaims,
  registerUser,
  revocationsSubject,
  verifyCredentials,
} from '@evident/contracts';
import { until } from '@evident/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../e2e/objects.ts';
import { type Attacker, valueIn } from './attacker.ts';

/**
 * Questions that services ask each other need no credential: on the wire only who may ask is let through (design.md
 * section 8). Where that fence is missing too, as on a machine of one's own, this is all that they tell.
 */
export function internalQuestionsSuite(attacker: () => Attacker): void {
  describe('questions that only services ask', () => {
    let username: string;
    let uid: string;

    beforeAll(async () => {
      const credential = await attacker().tokenOf(attacker().administrator);
      username = uniqueName();
      const payload = {
        username,
        email: `${username}@example.com`,
        password: 'password of a person 1',
        isAdmin: false,
      };
      ({ uid } = valueIn(await attacker().ask(registerUser, payload, { credential })));
    });

    const find = (lookup: string) => attacker().ask(findSignIn, { identifier: { kind: 'username', lookup } });

    it('find nobody by name: the look-up is a hash under a key that the gateway does not have', async () => {
      const guesses = [
        username,
        `k1.${username}`,
        `k1.${Buffer.from(username).toString('base64url')}`,
        '',
        '*',
        '%',
        'k1.',
      ];
      for (const guess of guesses) {
        expect.soft([guess, valueIn(await find(guess))]).toEqual([guess, { app: null, user: null }]);
      }
    });

    it('show of a user whose look-up was stolen the uid and a sealed hash, and nothing that a guess could be tried on', async () => {
      const { lookup } = attacker().opened.log;
      const found = valueIn(await find(lookup.hash('username', username)));
      expect(found).toEqual({
        app: null,
        user: { uid, revision: expect.any(Number), passwordHash: expect.any(String) },
      });
      const text = JSON.stringify(found);
      expect(text).not.toMatch(/argon2|[$]m=|@/);
      expect(text).not.toContain(username);
      // AES-256-GCM over about a hundred characters of hash: no plain text, in whatever encoding.
      const sealed = found.user?.passwordHash ?? '';
      for (const encoding of ['base64', 'base64url', 'hex'] as const) {
        expect(Buffer.from(sealed.split('.').at(-1) ?? '', encoding).toString('latin1')).not.toContain('argon2');
      }
    });

    it('tell of revocations, claims and projections ids and numbers alone', async () => {
      const replies = [
        await attacker().ask(getRevocations, { since: 0 }),
        await attacker().ask(listOpenClaims, { before: Date.now() + 1_000_000, limit: 100 }),
        await attacker().ask(getStatus, {}),
      ];
      for (const reply of replies) {
        expect(reply.ok).toBe(true);
        expect(JSON.stringify(reply)).not.toMatch(/@|argon2|eyJ/);
        expect(JSON.stringify(reply)).not.toContain(username);
      }
    });

    it('tell of roles nothing but the ids of those whose name was asked for', async () => {
      const credential = await attacker().tokenOf(attacker().administrator);
      const name = uniqueName();
      const { uid } = valueIn(await attacker().ask(createRole, { name, scopes: ['read:posts'] }, { credential }));
      // The rows come a moment after the event: no gateway waits for them here.
      const named = async () => valueIn(await attacker().ask(findRoles, { names: [name] })).uids;
      await until(async () => (await named()).length > 0 || undefined, { what: 'the row of the role' });
      expect(await named()).toEqual([uid]);
      for (const guess of ['', '*', '%', name.slice(0, 5), `${name}%`]) {
        expect(valueIn(await attacker().ask(findRoles, { names: [guess] }))).toEqual({ uids: [] });
      }
    });

    it('of another tenant, or with a deadline beyond all time, are refused or answered at once', async () => {
      const huge = { deadline: Number.MAX_SAFE_INTEGER };
      const verify = { username, password: 'a guess', apiKey: 'no key' };
      const appended = await attacker().appendedBy(async () => {
        expect(await attacker().codeOf(verifyCredentials, verify, { tenant: 'other' })).toBe('request.invalid');
        for (const contract of [findSignIn, findRoles, getRevocations, getStatus, listOpenClaims] as const) {
          const code = await attacker().codeOf<typeof contract>(contract, questionFor(contract.name) as never, {
            tenant: 'other',
          });
          expect.soft([contract.name, code]).toEqual([contract.name, 'request.invalid']);
        }
        expect(await attacker().codeOf(getStatus, {}, huge)).toBe('ok');
      });
      expect(appended).toEqual([]);
      expect(await attacker().appendedBy(() => attacker().ask(verifyCredentials, verify, huge))).toEqual([
        'signin.failed',
      ]);
      expect(await attacker().ask(getStatus, {}, { deadline: -1 })).toEqual(fail('deadline.passed'));
    });

    it('leave what a forged notice says about ended tokens without effect on what the services decide', async () => {
      const { publisher } = valueIn(await attacker().ask(getRevocations, { since: 0 }));
      const notice = { publisher, after: 0, sequence: Number.MAX_SAFE_INTEGER, changes: [], asOf: Date.now() + 1e9 };
      const appended = await attacker().appendedBy(async () => {
        attacker().wire.publish(revocationsSubject('main'), notice);
        attacker().wire.publish(revocationsSubject('main'), { nonsense: true });
        expect((await attacker().ask(getStatus, {})).ok).toBe(true);
      });
      expect(appended).toEqual([]);
    });
  });
}

function questionFor(name: string): object {
  if (name === 'find-sign-in') return { identifier: { kind: 'username', lookup: 'x' } };
  if (name === 'get-revocations') return { since: 0 };
  if (name === 'find-roles') return { names: ['x'] };
  return name === 'list-open-claims' ? { before: 1, limit: 1 } : {};
}
