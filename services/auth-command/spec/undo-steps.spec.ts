import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { valueIn } from './fixture.ts';
import { openUndo } from './undo-fixture.ts';

const undoing = openUndo();
const { admin, unique, user, role, shown, undo, numberOf, onApp } = undoing;

describe('an undo', () => {
  it('leaves alone what somebody changed since, and says which change stands against it', async () => {
    const { stream, change } = await onApp((id, c) => undoing.fixture.service.changeApp({ id, name: 'First' }, c));
    const correlationId = randomUUID();
    await change(admin({ correlationId }));
    const id = await numberOf(stream);
    valueIn(await undoing.fixture.service.changeApp({ id, name: 'Second' }, admin()));
    const [step] = await undo(correlationId);
    expect(step).toMatchObject({
      standing: 'conflict',
      command: null,
      against: { type: 'app.changed' },
      outcome: null,
    });
    expect(await shown(stream)).toMatchObject({ name: 'Second' });
  });

  it('takes several changes of one field back at once, to what was before the first', async () => {
    const { stream } = await onApp(async () => undefined);
    const before = await shown(stream);
    const id = await numberOf(stream);
    const correlationId = randomUUID();
    for (const name of ['One', 'Two', 'Three'])
      valueIn(await undoing.fixture.service.changeApp({ id, name }, admin({ correlationId })));
    valueIn(await undoing.fixture.service.changeApp({ id, isActive: false }, admin({ correlationId })));
    const steps = await undo(correlationId);
    expect(steps.map(({ field, events }) => [field, events.length])).toEqual([
      ['isActive', 1],
      ['details', 3],
    ]);
    expect(await shown(stream)).toEqual(before);
  });

  it('takes several roles from one person, none of which gives another back', async () => {
    const { uid } = await user();
    const stream = streams.user('main', uid);
    const before = await shown(stream);
    const correlationId = randomUUID();
    const [one, two, three] = [await role(), await role(), await role()];
    const roles = [one, two, three].map((each) => each.uid);
    const reply = await undoing.fixture.service.changePerson({ uid, roles }, admin({ correlationId }));
    expect(reply).toMatchObject({ ok: true });
    const idempotencyKey = randomUUID();
    const done = await undo(correlationId, true, admin({ idempotencyKey }));
    expect(done.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect(await shown(stream)).toEqual(before);
    const again = await undoing.fixture.service.changePerson({ uid, roles: [one.uid] }, admin());
    expect(again).toMatchObject({ ok: true });
    expect(await undo(correlationId, true, admin({ idempotencyKey }))).toEqual(done);
    expect(await shown(stream)).not.toEqual(before);
  });

  it('says what cannot be undone, and why', async () => {
    const { number } = await user();
    const correlationId = randomUUID();
    valueIn(
      await undoing.fixture.service.changeUser(
        { id: number, password: 'another good password' },
        admin({ correlationId }),
      ),
    );
    const [step] = await undo(correlationId);
    expect(step).toMatchObject({
      field: 'user.password-changed',
      standing: 'cannot',
      reason: expect.stringContaining('credential'),
    });
  });

  it('ends in time to be answered, says that it is not complete, and goes on when it is asked again', async () => {
    const correlationId = randomUUID();
    const prepared = await Promise.all(
      [1, 2, 3].map(() => onApp((id, c) => undoing.fixture.service.changeApp({ id, name: unique('Changed') }, c))),
    );
    const before = await Promise.all(prepared.map(({ stream }) => shown(stream)));
    for (const { change } of prepared) await change(admin({ correlationId }));
    const { clock, appends, service } = undoing.fixture;
    const order = { events: await undoing.eventsOf(correlationId), apply: true };
    const pressed = () => admin({ deadline: clock() + 5_000 });
    appends.after = () => clock.advance(4_001);
    const first = valueIn(await service.undoChanges(order, pressed()));
    appends.after = undefined;
    expect(first.complete).toBe(false);
    expect(first.steps.map(({ outcome }) => outcome)).toEqual(['done', null, null]);
    const rest = valueIn(await service.undoChanges(order, pressed()));
    expect(rest.complete).toBe(true);
    expect(await Promise.all(prepared.map(({ stream }) => shown(stream)))).toEqual(before);
  });

  it('goes on where it was broken off', async () => {
    const correlationId = randomUUID();
    const prepared = await Promise.all(
      [1, 2, 3].map(() => onApp((id, c) => undoing.fixture.service.changeApp({ id, name: unique('Changed') }, c))),
    );
    const before = await Promise.all(prepared.map(({ stream }) => shown(stream)));
    for (const { change } of prepared) await change(admin({ correlationId }));
    let appends = 0;
    undoing.fixture.appends.after = () => {
      appends += 1;
      if (appends === 2) throw new Error('the process ended');
    };
    await expect(undo(correlationId)).rejects.toThrow('the process ended');
    undoing.fixture.appends.after = undefined;
    await undo(correlationId);
    expect(await Promise.all(prepared.map(({ stream }) => shown(stream)))).toEqual(before);
    for (const { stream } of prepared) {
      const changes = (await undoing.fixture.read(stream)).filter(({ type }) => type === 'app.changed');
      expect(changes).toHaveLength(2);
    }
  });
});
