import { EventStoreFault } from '@evident/event-store';
import { expect, it } from 'vitest';
import { RoomForLog } from './room-for-log.ts';

const full = new EventStoreFault('disk-full', 'no space left');
const down = { down: 'its disk is full' };

it('lacks from an append that had none until there is some, or an append that had it', () => {
  let free = 0;
  const room = new RoomForLog(() => free);
  expect(room.readiness()).toBe('ok');
  room.heard(full);
  expect(room.readiness()).toEqual(down);
  free = 1_000_000;
  expect(room.readiness()).toBe('ok');
  free = 0;
  expect(room.readiness()).toEqual(down);
  room.heard(undefined);
  expect(room.readiness()).toBe('ok');
});

it('is not what another fault is about', () => {
  const room = new RoomForLog(() => 0);
  const away = new EventStoreFault('unavailable', 'away');
  room.heard(away);
  expect(room.readiness()).toBe('ok');
  room.heard(full);
  room.heard(away);
  expect(room.readiness()).toEqual(down);
});
