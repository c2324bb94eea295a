import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Reply, RequestContext } from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administratorOnLog } from './caller-on-log.ts';
import { codeOf, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';

let fixture: Fixture;
let second: Fixture;
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture();
  second = await fixture.second();
});
afterAll(async () => {
  await second.end();
  await fixture.remove();
});

interface Case {
  /** Prepares what the command is about and gives the command, on whichever service, with one of two bodies. */
  prepare(): Promise<(on: Fixture, context: RequestContext, body: 'same' | 'other') => Promise<Reply<unknown>>>;
}

const admin = (on: Fixture) => on.asAdmin();
const user = () => registerOn(fixture, `idem${++serial}`);
const newVerifyKey = () => generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString();
const app = async () =>
  valueIn(await fixture.service.registerApp({ name: 'a', url: 'https://a.test' }, admin(fixture)));

const cases: Record<string, Case> = {
  'register-user': {
    async prepare() {
      const name = `key${++serial}`;
      return (on, context, body) =>
        on.service.registerUser(
          {
            username: body === 'same' ? name : `${name}x`,
            email: `${name}@example.com`,
            password: goodPassword,
            isAdmin: true,
          },
          context,
        );
    },
  },
  'change-user': {
    async prepare() {
      const { number } = await user();
      const name = `changed${serial}`;
      return (on, context, body) =>
        on.service.changeUser(
          { id: number, username: name, password: body === 'same' ? 'a good password' : 'another password' },
          context,
        );
    },
  },
  'register-app': {
    async prepare() {
      return (on, context, body) =>
        on.service.registerApp({ name: body === 'same' ? 'crm' : 'erp', url: 'https://crm.test' }, context);
    },
  },
  'change-app': {
    async prepare() {
      const { number } = await app();
      return (on, context, body) =>
        on.service.changeApp({ id: number, name: body === 'same' ? 'new' : 'newer' }, context);
    },
  },
  'create-agent': {
    async prepare() {
      const [one, another] = [newVerifyKey(), newVerifyKey()];
      return (on, context, body) =>
        on.service.createAgent({ name: 'Export', scopes: [], verifyKey: body === 'same' ? one : another }, context);
    },
  },
  'change-agent': {
    async prepare() {
      const agent = await fixture.service.createAgent({ name: 'Export', scopes: [] }, admin(fixture));
      const { uid } = valueIn(agent);
      const [one, another] = [newVerifyKey(), newVerifyKey()];
      return (on, context, body) =>
        on.service.changeAgent({ uid, verifyKey: body === 'same' ? one : another }, context);
    },
  },
  'rotate-app-key': {
    async prepare() {
      const { number } = await app();
      return (on, context, body) =>
        on.service.rotateAppKey({ id: number, graceSeconds: body === 'same' ? 60 : 0 }, context);
    },
  },
};

const lengthOfLog = async (on: Fixture) => {
  const all = await on.temporary.log.store.readAll(undefined, 100_000);
  return 'outcome' in all ? -1 : all.length;
};

describe.each(Object.keys(cases))('%s with one Idempotency-Key', (name) => {
  const prepare = () => cases[name]?.prepare() ?? Promise.reject(new Error(name));

  it('twice acts once and answers the same, secrets included', async () => {
    const run = await prepare();
    const idempotencyKey = randomUUID();
    const first = valueIn(await run(fixture, fixture.asAdmin({ idempotencyKey }), 'same'));
    const length = await lengthOfLog(fixture);
    fixture.clock.advance(60_000);
    expect(valueIn(await run(fixture, fixture.asAdmin({ idempotencyKey }), 'same'))).toEqual(first);
    expect(await lengthOfLog(fixture)).toBe(length);
  });

  it('sixteen times at once, by two processes, acts once and answers the same', async () => {
    const run = await prepare();
    const idempotencyKey = randomUUID();
    const replies = await Promise.all(
      Array.from({ length: 16 }, (_, index) => {
        const on = index % 2 === 0 ? fixture : second;
        return run(on, on.asAdmin({ idempotencyKey }), 'same');
      }),
    );
    const answers = new Set(replies.map((reply) => JSON.stringify(valueIn(reply))));
    expect(answers.size).toBe(1);
  });

  it('and another body is refused, and does nothing', async () => {
    const run = await prepare();
    const idempotencyKey = randomUUID();
    valueIn(await run(fixture, fixture.asAdmin({ idempotencyKey }), 'same'));
    const length = await lengthOfLog(fixture);
    const reply = await run(fixture, fixture.asAdmin({ idempotencyKey }), 'other');
    expect(codeOf(reply)).toBe('request.idempotency-mismatch');
    expect(await lengthOfLog(fixture)).toBe(length);
  });

  it('and two bodies at once acts on one of them', async () => {
    const run = await prepare();
    const idempotencyKey = randomUUID();
    const replies = await Promise.all(
      (['same', 'other'] as const).map((body) => run(fixture, fixture.asAdmin({ idempotencyKey }), body)),
    );
    expect(replies.map(codeOf).toSorted()).toEqual(['ok', 'request.idempotency-mismatch']);
  });

  it('of another caller is another command', async () => {
    const run = await prepare();
    const { token } = await administratorOnLog(fixture.temporary);
    const idempotencyKey = randomUUID();
    valueIn(await run(fixture, fixture.asAdmin({ idempotencyKey }), 'same'));
    const reply = await run(fixture, fixture.asAdmin({ idempotencyKey, credential: token }), 'other');
    expect(['ok', 'user.email-taken']).toContain(codeOf(reply));
  });
});

describe('a repeat after somebody removed', () => {
  const idempotencyKey = randomUUID();
  const asked = () => fixture.asAdmin({ idempotencyKey });

  it('the app answers its change, its assignment and the end of that as before, and another body is refused', async () => {
    const [{ number: appId }, { number: userId }] = [await app(), await user()];
    const { service } = fixture;
    const runs = [
      () => service.changeApp({ id: appId, name: 'new' }, asked()),
      () => service.assignApp({ userId, appId }, asked()),
      () => service.unassignApp({ userId, appId }, asked()),
    ];
    const first: unknown[] = [];
    for (const run of runs) first.push(await run());
    expect(first.map((reply) => codeOf(reply as Reply<unknown>))).toEqual(['ok', 'ok', 'ok']);
    valueIn(await service.removeApp({ id: appId }, fixture.asAdmin()));
    const length = await lengthOfLog(fixture);
    for (const [place, run] of runs.entries()) expect(await run()).toEqual(first[place]);
    expect(await lengthOfLog(fixture)).toBe(length);
    const other = await service.changeApp({ id: appId, name: 'newer' }, asked());
    expect(codeOf(other)).toBe('request.idempotency-mismatch');
    for (const context of [fixture.asAdmin(), fixture.asAdmin({ idempotencyKey: randomUUID() })]) {
      expect(codeOf(await service.changeApp({ id: appId, name: 'new' }, context))).toBe('app.unknown');
      expect(codeOf(await service.assignApp({ userId, appId }, context))).toBe('app.unknown');
    }
  });

  it('the user answers their assignment as before', async () => {
    const [{ number: appId }, { number: userId }] = [await app(), await user()];
    const assign = () => fixture.service.assignApp({ userId, appId }, asked());
    const first = await assign();
    valueIn(await fixture.service.removeUser({ id: userId }, fixture.asAdmin()));
    expect(await assign()).toEqual(first);
    const unassign = await fixture.service.unassignApp({ userId, appId }, asked());
    expect(codeOf(unassign)).toBe('user.unknown');
  });
});

describe('after a restart', () => {
  it('the same key shows the same answers, the API key included', async () => {
    let own = await openFixture();
    const idempotencyKey = randomUUID();
    const registerApp = (on: Fixture) =>
      on.service.registerApp({ name: 'crm', url: 'https://crm.test' }, on.asAdmin({ idempotencyKey }));
    const first = valueIn(await registerApp(own));
    own = await own.restart();
    expect(valueIn(await registerApp(own))).toEqual(first);
    await own.remove();
  });
});

describe('a command id', () => {
  it('of somebody else’s command does not show what that one was shown', async () => {
    const { token } = await administratorOnLog(fixture.temporary);
    const context = fixture.asAdmin();
    const request = { name: 'crm', url: 'https://crm.test' };
    valueIn(await fixture.service.registerApp(request, context));
    const stolen = await fixture.service.registerApp(request, { ...context, credential: token });
    expect(codeOf(stolen)).toBe('request.idempotency-mismatch');
  });
});
