import { randomUUID } from 'node:crypto';
import { mostUndone } from '@evident/contracts';
import { streams } from '@evident/domain';
import { subjectOfStream } from '@evident/evidence';
import { PeopleOnLog } from '@evident/testing';
import { describe, expect, it, vi } from 'vitest';
import { valueIn } from './fixture.ts';
import { openUndo } from './undo-fixture.ts';

const undoing = openUndo();
const { admin, user, shown, eventsOf, onApp } = undoing;

const throttled = {
  type: 'signin.throttled',
  data: {
    ...{ purpose: 'verify', appId: null, limit: 'account', count: 1 },
    ...{ account: 'k1.account', caller: 'k1.caller', until: 1, at: 1 },
  },
} as const;

describe('an undo', () => {
  it('needs the right to undo, and for each step the right that it takes', async () => {
    const { stream, change } = await onApp((id, c) => undoing.fixture.service.changeApp({ id, name: 'Changed' }, c));
    const correlationId = randomUUID();
    await change(admin({ correlationId }));
    const events = await eventsOf(correlationId);
    const { context: nobody } = await undoing.fixture.holderOf('read:evident/audit');
    expect(await undoing.fixture.service.undoChanges({ events, apply: true }, nobody)).toMatchObject({
      error: { code: 'caller.not-permitted' },
    });
    const { context: auditor } = await undoing.fixture.holderOf('manage:evident/audit');
    const [step] = valueIn(await undoing.fixture.service.undoChanges({ events, apply: true }, auditor)).steps;
    const refused = { outcome: 'caller.not-permitted', reason: 'The caller lacks the scope update:sso/app.' };
    expect(step).toMatchObject({ standing: 'ready', ...refused });
    expect(await shown(stream)).toMatchObject({ name: 'Changed' });
  });

  it('tells what a person’s field would be again only to who may read that person', async () => {
    const { uid } = await user();
    const correlationId = randomUUID();
    const { service } = undoing.fixture;
    valueIn(await service.changePerson({ uid, isLimited: true }, admin({ correlationId })));
    const order = { events: await eventsOf(correlationId), apply: false };
    const told = async (context: ReturnType<typeof admin>) => valueIn(await service.undoChanges(order, context)).steps;
    const request = { uid, isLimited: false };
    expect(await told(admin())).toMatchObject([{ standing: 'ready', command: { name: 'change-person', request } }]);
    const { context } = await undoing.fixture.holderOf('manage:evident/audit');
    expect((await told(context)).map(({ command }) => command)).toEqual([{ name: 'change-person', request: {} }]);
    const reader = await undoing.fixture.holderOf('manage:evident/audit', `read:sso/user?uid=${uid}`);
    expect(await told(reader.context)).toMatchObject([{ command: { name: 'change-person', request } }]);
  });

  it('is refused for events that are not where they are said to be', async () => {
    const events = [{ subject: `user:${randomUUID()}`, revision: 0, id: randomUUID() }];
    expect(await undoing.fixture.service.undoChanges({ events, apply: false }, admin())).toMatchObject({
      error: { code: 'audit.unknown-subject' },
    });
  });

  it('tells how far the log has come where it changes nothing', async () => {
    const correlationId = randomUUID();
    const { number } = await user();
    await undoing.fixture.service.changeUser(
      { id: number, password: 'another good password' },
      admin({ correlationId }),
    );
    const events = await eventsOf(correlationId);
    const position = `${await undoing.fixture.temporary.log.store.lastPosition()}`;
    for (const request of [
      { events, apply: true },
      { events: [], apply: true },
    ])
      expect(await undoing.fixture.service.undoChanges(request, admin())).toMatchObject({ ok: true, position });
  });

  it('reads of streams as long as the log only what was chosen', async () => {
    const { log } = undoing.fixture.temporary;
    const attempts = streams.signIn('main', undefined);
    await new PeopleOnLog(log).append(attempts, [throttled, throttled, throttled]);
    await user();
    const endless = [attempts, streams.numbers('main', 'user')];
    const chosen = (await Promise.all(endless.map((stream) => log.store.readStreamEnd(stream, 1)))).flat();
    const events = chosen.map(({ stream, revision, id }) => ({ subject: subjectOfStream(stream) ?? '', revision, id }));
    const reading = vi.spyOn(log.store, 'readStream');
    const { steps } = valueIn(await undoing.fixture.service.undoChanges({ events, apply: true }, admin()));
    const read = await Promise.all(reading.mock.results.map(({ value }) => value));
    reading.mockRestore();
    expect(steps).toMatchObject([{ subject: 'signin:unknown', standing: 'cannot', events: [{ revision: 2 }] }]);
    const ofEndless = read.flat().filter(({ stream }) => endless.includes(stream));
    expect(ofEndless.length).toBeLessThanOrEqual(2 * chosen.length);
    expect(new Set(ofEndless.map(({ id }) => id))).toEqual(new Set(chosen.map(({ id }) => id)));
  });

  it('of a span that has not ended is answered to a repeat as before, whatever was done in it since', async () => {
    const { service, holderOf } = undoing.fixture;
    // Whoever undoes is who made the changes, so that what the undo does is in the span too.
    const { userId, context } = await holderOf('manage:evident/audit', 'update:sso/app');
    const actor = `user:${userId}`;
    const { stream } = await onApp(async () => undefined);
    const id = await undoing.numberOf(stream);
    const original = await shown(stream);
    const asked = () => ({ ...context, commandId: randomUUID() });
    const rename = async (name: string) => valueIn(await service.changeApp({ id, name }, asked()));
    const undo = async () => {
      const selection = { actor, from: '2026-01-25T12:00:00Z', to: '2099-01-01T00:00:00Z' };
      const request = { selection, events: await undoing.eventsBy(actor), apply: true };
      return valueIn(await service.undoChanges(request, { ...asked(), idempotencyKey: 'key' }));
    };
    await rename('Within');
    const first = await undo();
    expect(first).toMatchObject({ began: null, steps: [{ standing: 'ready', outcome: 'done', events: [{}] }] });
    expect(await shown(stream)).toEqual(original);
    const began = (await undoing.fixture.temporary.log.store.readStreamEnd(stream, 1))[0]?.position;
    expect(await undo()).toEqual({ ...first, began });
    await rename('After');
    expect(await undo()).toEqual({ ...first, began });
    expect(await shown(stream)).toMatchObject({ name: 'After' });
  });

  it('of more than may be undone at once is refused, but for a repeat of what was less', async () => {
    const { log } = undoing.fixture.temporary;
    const { stream, change } = await onApp((id, c) => undoing.fixture.service.changeApp({ id, name: 'Changed' }, c));
    const correlation = randomUUID();
    await change(admin({ correlationId: correlation }));
    const events = await eventsOf(correlation);
    const undo = (chosen: typeof events, key: string) => {
      const request = { selection: { correlation }, events: chosen, apply: true };
      return undoing.fixture.service.undoChanges(request, admin({ idempotencyKey: key }));
    };
    const first = valueIn(await undo(events, 'key'));
    expect(first.steps).toMatchObject([{ outcome: 'done' }]);
    const attempts = streams.signIn('main', randomUUID());
    await new PeopleOnLog(log).append(attempts, Array(mostUndone).fill(throttled));
    const later = await log.store.readStream(attempts);
    const subject = subjectOfStream(attempts) ?? '';
    const tooMany = [...events, ...later.map(({ revision, id }) => ({ subject, revision, id }))];
    const [{ position: began } = { position: undefined }] = await log.store.readStreamEnd(stream, 1);
    expect(valueIn(await undo(tooMany, 'key'))).toEqual({ ...first, began });
    expect(await undo(tooMany, 'another key')).toMatchObject({
      error: { code: 'audit.bad-query', details: { reason: 'These are more than 500 events; narrow it down.' } },
    });
  });
});
