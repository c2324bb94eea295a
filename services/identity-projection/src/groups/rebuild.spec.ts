import { rmSync } from 'node:fs';
import { type AnyView, type StoredRow, viewId } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectionGroups } from '../projections/groups.ts';
import { usersView } from '../projections/users.projection.ts';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

let running: RunningProjection;
beforeEach(async () => {
  running = await runProjection();
});
afterEach(() => running.end());

const page = { skip: 0, limit: 10 };

function readModelFile(): string {
  const { readModel } = running.temporary.config;
  if (readModel.kind !== 'embedded') throw new Error('not embedded');
  return readModel.path;
}

/** As an operator who deletes the read model while the service is stopped. */
async function deleteReadModel(): Promise<void> {
  await running.stop();
  for (const end of ['', '-wal', '-shm']) rmSync(readModelFile() + end, { force: true });
}

async function allRows(): Promise<Record<string, readonly StoredRow[]>> {
  const store = await openEmbeddedReadModel({ path: readModelFile(), readOnly: true });
  const views: readonly AnyView[] = Object.values(projectionGroups).flatMap((group) => group.map(({ view }) => view));
  const rows: Record<string, readonly StoredRow[]> = {};
  for (const { name, version } of views) {
    rows[viewId({ name, version })] = await store.scan({ name, version, indexes: [] }, { limit: 10_000 });
  }
  await store.close();
  return rows;
}

/** Some of everything that the views hold, and the position after it. */
async function aLittleHistory() {
  const { people } = running;
  const [wiki, chat] = [await people.addApp(), await people.addApp()];
  const [alice, bob] = [await people.addUser(), await people.addUser({ isAdmin: true })];
  for (const { uid } of [alice, bob]) {
    for (const app of [wiki, chat]) {
      await people.changeUser(uid, { type: 'assign-app', appId: app.uid, appNumber: app.number });
    }
  }
  await people.changeUser(alice.uid, { type: 'change-user', isActive: false });
  await people.changeApp(chat.uid, { type: 'remove-app', now: Date.now() });
  await people.claim(bob.uid, 'username', 'never completed');
  return people.changeUser(bob.uid, { type: 'remove-user' });
}

describe('a rebuild', () => {
  it('gives the rows that were there, tombstones and positions included', async () => {
    const position = await aLittleHistory();
    await running.queries.getStatus({}, running.asAdministrator(position));
    await running.stop();
    const live = await allRows();
    await deleteReadModel();
    await running.restart();
    await running.queries.getStatus({}, running.asAdministrator(position));
    await running.stop();
    expect(await allRows()).toEqual(live);
    expect(live[viewId(usersView)]).not.toHaveLength(0);
  });

  it('keeps erased people erased', async () => {
    const { people, temporary } = running;
    const erasmus = await people.addUser({ username: 'Erasmus', email: 'erasmus@example.com' });
    const before = running.asAdministrator(erasmus.position);
    expect(await running.queries.listUsers({ ...page, q: 'erasmus' }, before)).toMatchObject({ value: { total: 1 } });
    await deleteReadModel();
    await temporary.log.personKeys.erase(erasmus.uid);
    await running.restart();
    const asked = running.asAdministrator(erasmus.position);
    expect(await running.queries.getUser({ id: erasmus.number }, asked)).toMatchObject({
      value: { username: 'erased', email: 'erased' },
    });
    expect(await running.queries.listUsers({ ...page, q: 'erasmus' }, asked)).toMatchObject({ value: { total: 0 } });
    await running.stop();
    expect(JSON.stringify(await allRows()).toLowerCase()).not.toContain('erasmus');
  });
});
