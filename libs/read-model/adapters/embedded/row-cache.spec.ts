import { describe, expect, it } from 'vitest';
import { at } from '../../contract/people.ts';
import { RowCache } from './row-cache.ts';

const row = (key: string) => ({ key, row: { key }, position: at(1) });

function filled(size: number, rows: number): RowCache {
  const cache = new RowCache(size);
  for (let place = 0; place < rows; place += 1) cache.put(row(`key-${place}`));
  return cache;
}

function held(cache: RowCache, rows: number): number {
  return Array.from({ length: rows }, (_, place) => cache.get(`key-${place}`)).filter((each) => each !== undefined)
    .length;
}

describe('rows in memory', () => {
  it('are never more than their bound', () => {
    expect(held(filled(10, 1000), 1000)).toBeLessThanOrEqual(10);
    expect(held(filled(10, 4), 4)).toBe(4);
  });

  it('stay while they are used, whatever else passes by', () => {
    const cache = filled(10, 0);
    cache.put(row('hot'));
    for (let place = 0; place < 1000; place += 1) {
      cache.put(row(`key-${place}`));
      expect(cache.get('hot')).toBeDefined();
    }
  });

  it('are replaced, and cleared', () => {
    const cache = filled(10, 7);
    cache.put({ ...row('key-1'), position: at(2) });
    expect(cache.get('key-1')?.position).toBe(at(2));
    cache.clear();
    expect(held(cache, 7)).toBe(0);
  });

  it('are none where the bound is nothing', () => {
    expect(held(filled(0, 10), 10)).toBe(0);
  });
});
