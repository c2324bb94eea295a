import { expect, it } from 'vitest';
import { longPause } from './long-pause.ts';

const day = 86_400_000;

it.each([0, 1, 24 * day, 25 * day, 400 * day])(
  'a pause of %d ms is so long, in pieces that a timer takes',
  async (ms) => {
    const waited: number[] = [];
    await longPause(ms, async (piece) => void waited.push(piece));
    expect(waited.reduce((sum, piece) => sum + piece, 0)).toBe(ms);
    expect(Math.max(0, ...waited)).toBeLessThan(2 ** 31);
  },
);
