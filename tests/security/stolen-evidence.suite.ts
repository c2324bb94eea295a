import {
  assignApp,
  authenticate,
  changeUser,
  openSession,
  registerApp,
  registerUser,
  type SignInEvidence,
  verifyCredentials,
} from '@evident/contracts';
import { streams } from '@evident/domain';
import { beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../e2e/objects.ts';
import { type Attacker, valueIn } from './attacker.ts';
import { claimsOf } from './planted-key.ts';

const refused = 'session.evidence-refused';
const opened = ['session.opened'];

/** A session is opened once, on a sign-in that happened, for who signed in: nothing else becomes a token. */
export function stolenEvidenceSuite(attacker: () => Attacker): void {
  describe('evidence of a sign-in', () => {
    let person: { readonly username: string; readonly password: string };
    let userId: string;
    let number: number;
    let administrator: string;

    beforeAll(async () => {
      administrator = await attacker().tokenOf(attacker().administrator);
      const username = uniqueName();
      person = { username, password: 'password of a person 1' };
      const payload = { ...person, email: `${username}@example.com`, isAdmin: true };
      ({ uid: userId, number } = valueIn(await attacker().ask(registerUser, payload, { credential: administrator })));
    });

    const open = (evidence: SignInEvidence, purpose: 'token' | 'session' = 'token', commandId?: string) =>
      attacker().ask(openSession, { evidence, purpose }, commandId === undefined ? {} : { commandId });
    const codeOf = async (evidence: SignInEvidence, purpose?: 'token' | 'session') => {
      const reply = await open(evidence, purpose);
      return reply.ok ? 'ok' : reply.error.code;
    };

    it('opens one session: the same command gets the same, anybody else none', async () => {
      const { evidence } = await attacker().evidenceOf(person, 'token');
      const commandId = crypto.randomUUID();
      const elsewhere = await attacker().codeOf(openSession, { evidence, purpose: 'token' }, { tenant: 'other' });
      expect(elsewhere).toBe('request.invalid');
      const appended = await attacker().appendedBy(async () => {
        const first = valueIn(await open(evidence, 'token', commandId));
        const again = valueIn(await open(evidence, 'token', commandId));
        expect(again.sessionId).toBe(first.sessionId);
        expect(claimsOf(again.accessToken)).toEqual(claimsOf(first.accessToken));
        expect([await codeOf(evidence), await codeOf(evidence)]).toEqual([refused, refused]);
        const forged = { credential: administrator, actor: 'system', userId, commandId: crypto.randomUUID() };
        expect(await attacker().codeOf(openSession, { evidence, purpose: 'token' }, forged)).toBe(refused);
      });
      expect(appended).toEqual(opened);
    });

    it('asked for at once by many opens one session', async () => {
      const { evidence } = await attacker().evidenceOf(person, 'token');
      const appended = await attacker().appendedBy(async () => {
        const codes = await Promise.all(Array.from({ length: 16 }, () => codeOf(evidence)));
        expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
        expect(codes.filter((code) => code === refused)).toHaveLength(15);
      });
      expect(appended).toEqual(opened);
    });

    it('of which only the place in the log is known opens none, whatever is offered as its ticket', async () => {
      const { evidence } = await attacker().evidenceOf(person, 'token');
      const stored = (await attacker().opened.stored()).find(
        ({ stream, revision }) => stream === evidence.stream && revision === evidence.revision,
      );
      if (stored === undefined) throw new Error('the sign-in has no event');
      const other = await attacker().evidenceOf(attacker().administrator, 'token');
      const tickets = [
        '',
        'x',
        stored.id,
        stored.position,
        stored.metadata.commandId,
        String(stored.data.ticketHash),
        other.evidence.ticket,
        evidence.ticket.slice(0, -1),
        `${evidence.ticket} `,
        evidence.ticket.toUpperCase(),
        `${evidence.ticket}${evidence.ticket}`,
        '\0',
      ];
      const appended = await attacker().appendedBy(async () => {
        for (const ticket of tickets)
          expect.soft([ticket, await codeOf({ ...evidence, ticket })]).toEqual([ticket, refused]);
      });
      expect(appended).toEqual([]);
      expect(await codeOf(evidence)).toBe('ok');
    });

    it('does not open a session of another user, place or kind of stream', async () => {
      const { evidence } = await attacker().evidenceOf(person, 'token');
      const theirs = (await attacker().evidenceOf(attacker().administrator, 'token')).evidence;
      const places = [
        { ...theirs, ticket: evidence.ticket },
        { ...evidence, ticket: theirs.ticket },
        { ...evidence, revision: evidence.revision + 1 },
        { ...evidence, revision: 999_999 },
        { ...evidence, stream: streams.user('main', userId), revision: 0 },
        { ...evidence, stream: streams.signIn('main', undefined) },
        { ...evidence, stream: streams.signIn('other', userId) },
        { ...evidence, stream: evidence.stream.toUpperCase() },
        { ...evidence, stream: `${evidence.stream} ` },
        { ...evidence, stream: '' },
        { ...evidence, stream: '$all' },
        { ...evidence, stream: "signin-main.' OR 1=1 --" },
      ];
      const appended = await attacker().appendedBy(async () => {
        for (const place of places) expect.soft([place, await codeOf(place)]).toEqual([place, refused]);
        for (const revision of [-1, 0.5, '0', null, { $gt: 0 }] as never[]) {
          expect.soft(await codeOf({ ...evidence, revision })).toBe('request.invalid');
        }
      });
      expect(appended).toEqual([]);
      expect([await codeOf(evidence), await codeOf(theirs)]).toEqual(['ok', 'ok']);
    });

    it('counts for the purpose that the person signed in for', async () => {
      const token = (await attacker().evidenceOf(person, 'token')).evidence;
      const session = (await attacker().evidenceOf(person, 'session')).evidence;
      expect([await codeOf(token, 'session'), await codeOf(session, 'token')]).toEqual([refused, refused]);
      expect(await attacker().codeOf(openSession, { evidence: token, purpose: 'verify' as never })).toBe(
        'request.invalid',
      );
      expect([await codeOf(token, 'token'), await codeOf(session, 'session')]).toEqual(['ok', 'ok']);
    });

    it('of a password that was verified for an app is none, whatever is offered as its ticket', async () => {
      const context = { credential: administrator };
      const app = valueIn(await attacker().ask(registerApp, { name: 'Wiki', url: 'https://wiki.example' }, context));
      valueIn(await attacker().ask(assignApp, { userId: number, appId: app.number }, context));
      const asked = { ...person, apiKey: app.apiKey };
      const { authorized, ...told } = valueIn(await attacker().ask(verifyCredentials, asked));
      expect([authorized, Object.keys(told)]).toEqual([true, ['user']]);
      const stored = (await attacker().opened.stored()).findLast(({ type }) => type.startsWith('signin.'));
      if (stored === undefined) throw new Error('the sign-in has no event');
      const { stream, revision, type, data } = stored;
      expect([type, stream, data.purpose]).toEqual(['signin.succeeded', streams.signIn('main', userId), 'verify']);
      const { evidence } = await attacker().evidenceOf(person, 'token');
      const tickets = ['', 'null', stored.id, stored.metadata.commandId, String(data.ticketHash), evidence.ticket];
      const appended = await attacker().appendedBy(async () => {
        for (const ticket of tickets) {
          for (const purpose of ['token', 'session'] as const) {
            expect
              .soft([ticket, purpose, await codeOf({ stream, revision, ticket }, purpose)])
              .toEqual([ticket, purpose, refused]);
          }
        }
      });
      expect(appended).toEqual([]);
    });

    it('that was refused is none: no password, no evidence, whatever command id it comes under', async () => {
      const commandId = crypto.randomUUID();
      const right = { ...person, purpose: 'token' } as const;
      const good = valueIn(await attacker().ask(authenticate, right, { commandId })).evidence;
      const appended = await attacker().appendedBy(async () => {
        expect(await attacker().codeOf(authenticate, { ...right, password: 'a guess' }, { commandId })).toBe(
          'signin.refused',
        );
        expect(await attacker().codeOf(authenticate, { ...right, username: 'admin' }, { commandId })).toBe(
          'signin.refused',
        );
      });
      expect(appended).toEqual(['signin.failed', 'signin.failed']);
      expect(await codeOf(good)).toBe('ok');
    });

    it('is worth nothing once the user is disabled, demoted or has a new password', async () => {
      const change = async (changes: object) =>
        valueIn(await attacker().ask(changeUser, { id: number, ...changes }, { credential: administrator }));
      for (const changes of [{ isActive: false }, { isAdmin: false }, { password: 'another password 2' }]) {
        const { evidence } = await attacker().evidenceOf(person, 'session');
        await change(changes);
        const appended = await attacker().appendedBy(async () => {
          expect.soft([changes, await codeOf(evidence, 'session')]).toEqual([changes, 'signin.refused']);
        });
        expect(appended).toEqual([]);
        await change({ isActive: true, isAdmin: true });
      }
    });

    it('is not given for an audience that is not allowed', async () => {
      const payload = { ...attacker().administrator, purpose: 'session', audience: 'another-app' } as const;
      const appended = await attacker().appendedBy(async () => {
        expect(await attacker().codeOf(authenticate, payload)).toBe('request.invalid');
      });
      expect(appended).toEqual([]);
    });
  });
}
