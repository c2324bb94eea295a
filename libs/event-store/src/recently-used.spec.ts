import { describe, expect, it } from 'vitest';
import { RecentlyUsed } from './recently-used.ts';

describe('recently used', () => {
  it('never holds more than its capacity', () => {
    const map = new RecentlyUsed<number>(10);
    for (let key = 0; key < 1000; key++) {
      map.set(`${key}`, key);
      expect(map.size).toBeLessThanOrEqual(10);
    }
  });

  it('keeps what is used between two others, however many come', () => {
    const map = new RecentlyUsed<number>(10);
    map.set('hot', 1);
    for (let key = 0; key < 1000; key++) {
      map.set(`${key}`, key);
      expect(map.get('hot')).toBe(1);
    }
    expect(map.get('0')).toBeUndefined();
  });

  it('gives the newest value, also where an older one is in the older generation', () => {
    const map = new RecentlyUsed<number>(4);
    map.set('a', 1);
    for (const key of ['b', 'c', 'd']) map.set(key, 0);
    map.set('a', 2);
    expect(map.get('a')).toBe(2);
    map.delete('a');
    expect(map.get('a')).toBeUndefined();
  });

  it('gives nothing any more of what was deleted or cleared, whichever generations it is in', () => {
    const both = () => {
      const map = new RecentlyUsed<number>(8);
      for (const key of ['a', 'b', 'c', 'd']) map.set(key, 1);
      for (const key of ['a', 'e']) map.set(key, 2);
      return map;
    };
    const some = both();
    for (const key of ['a', 'b', 'e']) some.delete(key);
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => some.get(key))).toEqual([undefined, undefined, 1, 1, undefined]);
    const none = both();
    none.clear();
    expect([none.size, ...['a', 'b', 'e'].map((key) => none.get(key))]).toEqual([0, undefined, undefined, undefined]);
  });
});
