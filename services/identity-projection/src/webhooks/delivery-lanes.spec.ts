import { describe, expect, it } from 'vitest';
import { DeliveryLanes, type LanePlace } from './delivery-lanes.ts';

const sizes = { quick: 2, doubtful: 1, aside: 1, quickMs: 1_000 };
const { signal } = new AbortController();

async function entered(lanes: DeliveryLanes, isDoubtful = false): Promise<LanePlace> {
  const place = await lanes.enter(isDoubtful, signal);
  if (place === undefined) throw new Error('not entered');
  return place;
}

/** Whether a place is given without anybody leaving. */
async function hasRoom(lanes: DeliveryLanes, isDoubtful = false): Promise<boolean> {
  const ended = new AbortController();
  const asked = lanes.enter(isDoubtful, ended.signal);
  await Promise.resolve();
  await new Promise(setImmediate);
  ended.abort();
  const place = await asked;
  place?.leave();
  return place !== undefined;
}

describe('webhooks at work', () => {
  it('are never more than there are places, and come in the order of asking', async () => {
    const lanes = new DeliveryLanes(sizes);
    const first = await entered(lanes);
    await entered(lanes);
    expect(await hasRoom(lanes)).toBe(false);
    const came: string[] = [];
    const waiting = ['a', 'b'].map((name) => entered(lanes).then((place) => [came.push(name), place] as const));
    first.leave();
    first.leave();
    const [, place] = (await waiting[0]) ?? [];
    expect(came).toEqual(['a']);
    place?.leave();
    await waiting[1];
    expect(came).toEqual(['a', 'b']);
  });

  it('that failed before wait for each other alone', async () => {
    const lanes = new DeliveryLanes(sizes);
    await entered(lanes, true);
    expect([await hasRoom(lanes, true), await hasRoom(lanes)]).toEqual([false, true]);
  });

  it('that take long make room for the quick ones, as many as are let', async () => {
    const lanes = new DeliveryLanes(sizes);
    const [slow, slower] = [await entered(lanes), await entered(lanes)];
    slow.stepAside();
    expect(await hasRoom(lanes)).toBe(true);
    await entered(lanes);
    slower.stepAside();
    expect(await hasRoom(lanes)).toBe(false);
    slow.leave();
    slower.stepAside();
    expect(await hasRoom(lanes)).toBe(true);
  });
});
