import type { View } from '@evident/read-model';
import { silentLogger } from '@evident/testing';
import { expect, it } from 'vitest';
import { feedView } from '../feed/feed-checkpoint.ts';
import { openReadModel } from '../open-read-model.ts';
import { runProjection } from '../running-projection.fixture.ts';

const oldView: View = { name: 'users', version: 1, indexes: [] };

it('of an older version go, and not what a feed that has just begun keeps for itself', async () => {
  const running = await runProjection({ start: false });
  try {
    const { temporary } = running;
    const store = await openReadModel(temporary.config.readModel, silentLogger);
    await store.prepare([feedView, oldView]);
    running.start();
    const position = await temporary.log.store.lastPosition();
    expect(await running.queries.getStatus({}, running.asAdministrator(position))).toMatchObject({ ok: true });
    await running.stop();
    const found = (view: View) => store.scan(view, { limit: 1 }).catch(({ message }: Error) => message);
    expect(await found(feedView as unknown as View)).toEqual([]);
    expect(await found(oldView)).toContain('not prepared');
    await store.close();
  } finally {
    await running.end();
  }
});
