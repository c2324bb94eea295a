import {
  assignApp,
  changeApp,
  changeUser,
  getApp,
  getUser,
  listApps,
  listAppUsers,
  listUsers,
  type MessageContract,
  registerApp,
  registerUser,
  removeApp,
  removeUser,
  rotateAppKey,
  type UserObject,
  unassignApp,
} from '@evident/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../e2e/objects.ts';
import { type Attacker, valueIn } from './attacker.ts';
import { claimsOf, type PlantedKey, plantKey } from './planted-key.ts';

interface Asked {
  readonly contract: MessageContract;
  readonly payload: Readonly<Record<string, unknown>>;
}

interface Person {
  readonly username: string;
  readonly password: string;
  readonly user: UserObject;
}

/** Who is asking is decided by each service, by the credential alone. */
export function forgedCallersSuite(attacker: () => Attacker): void {
  describe('without a living credential of somebody who may', () => {
    let administrator: string;
    let ordinary: Person;
    let demoted: Person;
    let planted: PlantedKey;
    const credentials: Record<string, { readonly credential?: string; readonly code: string }> = {};

    const register = async (isAdmin: boolean): Promise<Person> => {
      const username = uniqueName();
      const person = { username, password: 'password of a person 1' };
      const payload = { ...person, email: `${username}@example.com`, isAdmin };
      return { ...person, user: valueIn(await attacker().ask(registerUser, payload, { credential: administrator })) };
    };

    beforeAll(async () => {
      administrator = await attacker().tokenOf(attacker().administrator);
      [ordinary, demoted] = [await register(false), await register(true)];
      const disabled = await register(true);
      const removed = await register(true);
      const renewed = await register(true);
      planted = await plantKey(attacker().opened.log);
      const claims = claimsOf(administrator);
      const ended = {
        demoted: await attacker().tokenOf(demoted),
        disabled: await attacker().tokenOf(disabled),
        removed: await attacker().tokenOf(removed),
        'of an old password': await attacker().tokenOf(renewed),
      };
      const context = { credential: administrator };
      valueIn(await attacker().ask(changeUser, { id: demoted.user.number, isAdmin: false }, context));
      valueIn(await attacker().ask(changeUser, { id: disabled.user.number, isActive: false }, context));
      valueIn(await attacker().ask(removeUser, { id: removed.user.number }, context));
      valueIn(await attacker().ask(changeUser, { id: renewed.user.number, password: 'another password 2' }, context));
      for (const [whose, credential] of Object.entries(ended)) {
        credentials[`the token of an administrator who was ${whose}`] = { credential, code: 'caller.bad-credential' };
      }
      Object.assign(credentials, {
        'no credential': { code: 'caller.not-authenticated' },
        'an empty one': { credential: '', code: 'caller.bad-credential' },
        'the name of an administrator': { credential: claims.sub, code: 'caller.bad-credential' },
        'the claims of an administrator, unsigned': {
          credential: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${administrator.split('.')[1]}.`,
          code: 'caller.bad-credential',
        },
        'an expired token': {
          credential: await planted.sign({ ...claims, exp: claims.iat - 60 }),
          code: 'caller.bad-credential',
        },
        'a token of another tenant': {
          credential: await planted.sign({ ...claims, tenant_id: 'other' }),
          code: 'caller.bad-credential',
        },
        'a token for another app': {
          credential: await planted.sign({ ...claims, aud: 'another-app' }),
          code: 'caller.foreign-audience',
        },
        'the token of an ordinary user': {
          credential: await attacker().tokenOf(ordinary, 'session'),
          code: 'caller.not-permitted',
        },
      });
    });

    const target = () => ({ id: ordinary.user.number });
    const commands = (): Asked[] => [
      {
        contract: registerUser,
        payload: { username: uniqueName(), email: 'x@example.com', password: 'password of x 1', isAdmin: true },
      },
      { contract: changeUser, payload: { ...target(), isAdmin: true } },
      { contract: changeUser, payload: { id: demoted.user.number, isAdmin: true } },
      { contract: removeUser, payload: target() },
      { contract: assignApp, payload: { userId: ordinary.user.number, appId: 1 } },
      { contract: unassignApp, payload: { userId: ordinary.user.number, appId: 1 } },
      { contract: registerApp, payload: { name: 'Evil', url: 'https://evil.example' } },
      { contract: changeApp, payload: { id: 1, url: 'https://evil.example' } },
      { contract: removeApp, payload: { id: 1 } },
      { contract: rotateAppKey, payload: { id: 1, graceSeconds: 0 } },
    ];
    const queries = (): Asked[] => [
      { contract: getUser, payload: target() },
      { contract: listUsers, payload: { skip: 0, limit: 100 } },
      { contract: getApp, payload: { id: 1 } },
      { contract: listApps, payload: { skip: 0, limit: 100 } },
      { contract: listAppUsers, payload: { id: 1, skip: 0, limit: 100 } },
    ];

    /** Members that a service which trusted its peers would believe. */
    const forged = () => {
      const { sub, sid } = claimsOf(administrator);
      const userId = sub.slice('user:'.length);
      const caller = { actor: sub, userId, isAdmin: true, scopes: ['*:*'], sessionId: sid, generation: 1 };
      return { ...caller, caller, onBehalfOf: sub, admin: true, system: true, user: { id: 1, isAdmin: true } };
    };

    it('no command is carried out, whatever else the request claims', async () => {
      const appended = await attacker().appendedBy(async () => {
        for (const [whose, { credential, code }] of Object.entries(credentials)) {
          for (const { contract, payload } of commands()) {
            for (const claimed of [{}, forged()]) {
              const context = { ...claimed, ...(credential === undefined ? {} : { credential }) };
              const refused = await attacker().codeOf(contract, { ...claimed, ...payload }, context);
              expect
                .soft({ whose, asked: contract.name, refused })
                .toEqual({ whose, asked: contract.name, refused: code });
            }
          }
        }
      });
      expect(appended).toEqual([]);
    });

    it('no query is answered', async () => {
      for (const [whose, { credential, code }] of Object.entries(credentials)) {
        for (const { contract, payload } of queries()) {
          const context = { ...forged(), ...(credential === undefined ? {} : { credential }) };
          const refused = await attacker().codeOf(contract, payload, context);
          expect.soft({ whose, asked: contract.name, refused }).toEqual({ whose, asked: contract.name, refused: code });
        }
      }
    });

    it('not even with a good one, where the request is of another tenant or not of its contract’s shape', async () => {
      const contexts = [
        { tenant: 'other' },
        { tenant: 'main.x' },
        { tenant: '' },
        { tenant: ['main'] },
        { deadline: Number.POSITIVE_INFINITY },
        { deadline: 1e308 },
        { commandId: 'not a uuid' },
        { credential: [administrator] },
        { correlationId: 'x'.repeat(1_000) },
      ];
      const appended = await attacker().appendedBy(async () => {
        for (const more of contexts) {
          for (const { contract, payload } of [...commands(), ...queries()]) {
            const context = { credential: administrator, ...more } as never;
            const code = await attacker().codeOf(contract, payload, context);
            expect
              .soft({ more, asked: contract.name, code })
              .toEqual({ more, asked: contract.name, code: 'request.invalid' });
          }
        }
      });
      expect(appended).toEqual([]);
    });
  });
}
