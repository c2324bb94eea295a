import type { AppObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';

let fixture: Fixture;
let app: AppObject & { apiKey: string };
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());
beforeEach(async () => {
  app = valueIn(await fixture.service.registerApp({ name: 'CRM', url: 'https://crm.test/a?b=C' }, fixture.asAdmin()));
});

const answerOf = async (username: string, apiKey: string) => {
  const request = { username, password: goodPassword, apiKey };
  const value = valueIn(await fixture.service.verifyCredentials(request, requestContext()));
  return value.authorized ? 'authorized' : value.refusal;
};
const assignedUser = async () => {
  const user = await registerOn(fixture, `member${++serial}`);
  valueIn(await fixture.service.assignApp({ userId: user.number, appId: app.number }, fixture.asAdmin()));
  return user;
};

describe('an app', () => {
  it('is answered as given, with a key whose prefix is kept and whose text is stored nowhere', async () => {
    expect(app).toMatchObject({ name: 'CRM', url: 'https://crm.test/a?b=C', isActive: true });
    expect(app.apiKey).toMatch(/^ev_/);
    expect(app.apiKeyPrefix).toBe(app.apiKey.slice(0, 12));
    const stored = JSON.stringify(await fixture.temporary.log.store.readStream(streams.app('main', app.uid)));
    expect(stored).not.toContain(app.apiKey.slice(26));
  });

  it.each([
    [{ name: '', url: 'https://a.test' }, 'app.name-invalid'],
    [{ name: 'a', url: 'ftp://a.test' }, 'app.url-invalid'],
    [{ name: 'a', url: 'javascript:alert(1)' }, 'app.url-invalid'],
  ])('registered as %j is refused', async (request, code) => {
    expect(codeOf(await fixture.service.registerApp(request, fixture.asAdmin()))).toBe(code);
    expect(codeOf(await fixture.service.changeApp({ id: app.number, ...request }, fixture.asAdmin()))).toBe(code);
  });

  it('is changed by what is given', async () => {
    const changed = await fixture.service.changeApp({ id: app.number, isActive: false }, fixture.asAdmin());
    const { apiKey: _, ...unchanged } = app;
    expect(valueIn(changed)).toMatchObject({ ...unchanged, isActive: false, updatedAt: expect.any(Number) });
    expect(valueIn(await fixture.service.changeApp({ id: app.number }, fixture.asAdmin())).isActive).toBe(false);
  });

  it('that was removed is unknown to every command, and its key is invalid', async () => {
    const { username, number: userId } = await assignedUser();
    expect(await answerOf(username, app.apiKey)).toBe('authorized');
    const id = app.number;
    valueIn(await fixture.service.removeApp({ id }, fixture.asAdmin()));
    expect(await answerOf(username, app.apiKey)).toBe('invalid-key');
    const replies = [
      await fixture.service.removeApp({ id }, fixture.asAdmin()),
      await fixture.service.changeApp({ id, name: 'x' }, fixture.asAdmin()),
      await fixture.service.rotateAppKey({ id, graceSeconds: 0 }, fixture.asAdmin()),
      await fixture.service.assignApp({ userId, appId: id }, fixture.asAdmin()),
      await fixture.service.unassignApp({ userId, appId: id }, fixture.asAdmin()),
    ];
    expect(replies.map(codeOf)).toEqual(Array.from(replies, () => 'app.unknown'));
  });
});

describe('a rotated key', () => {
  it('counts at once, and the one before it ends at once without grace', async () => {
    const { username } = await assignedUser();
    const { apiKey, previousKeyExpiresAt } = valueIn(
      await fixture.service.rotateAppKey({ id: app.number, graceSeconds: 0 }, fixture.asAdmin()),
    );
    expect(previousKeyExpiresAt).toBeNull();
    expect(await answerOf(username, apiKey)).toBe('authorized');
    expect(await answerOf(username, app.apiKey)).toBe('invalid-key');
  });

  it('leaves the one before it its grace, and ends an older one', async () => {
    const { username } = await assignedUser();
    const rotate = async () =>
      valueIn(await fixture.service.rotateAppKey({ id: app.number, graceSeconds: 60 }, fixture.asAdmin()));
    const second = await rotate();
    expect(second.previousKeyExpiresAt).toBe(fixture.clock() + 60_000);
    expect(await answerOf(username, app.apiKey)).toBe('authorized');
    const third = await rotate();
    expect(await answerOf(username, app.apiKey)).toBe('invalid-key');
    expect(await answerOf(username, second.apiKey)).toBe('authorized');
    fixture.clock.advance(60_000);
    expect(await answerOf(username, second.apiKey)).toBe('invalid-key');
    expect(await answerOf(username, third.apiKey)).toBe('authorized');
  });
});

describe('an assignment', () => {
  it('again is the same, and its end too', async () => {
    const { number: userId, uid } = await assignedUser();
    const request = { userId, appId: app.number };
    expect(codeOf(await fixture.service.assignApp(request, fixture.asAdmin()))).toBe('ok');
    for (let again = 0; again < 2; again++) {
      expect(codeOf(await fixture.service.unassignApp(request, fixture.asAdmin()))).toBe('ok');
    }
    const types = (await fixture.read(streams.user('main', uid))).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('user.app-'))).toEqual(['user.app-assigned', 'user.app-unassigned']);
  });

  it('names the user first where both are unknown', async () => {
    const reply = await fixture.service.assignApp({ userId: 999_999, appId: 999_999 }, fixture.asAdmin());
    expect(codeOf(reply)).toBe('user.unknown');
    const { number: userId } = await assignedUser();
    expect(codeOf(await fixture.service.assignApp({ userId, appId: 999_999 }, fixture.asAdmin()))).toBe('app.unknown');
  });
});
