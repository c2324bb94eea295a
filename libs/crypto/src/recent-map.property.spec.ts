import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentMap } from './recent-map.ts';

const step = fc.record({
  action: fc.constantFrom('get', 'set', 'delete'),
  key: fc.integer({ min: 0, max: 9 }),
  weight: fc.integer({ min: 1, max: 4 }),
});

describe('a recent map', () => {
  it('keeps the most recently used entries that fit, and no others', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (steps, capacity) => {
        const map = new RecentMap<number, number>(capacity);
        let model: { key: number; value: number; weight: number }[] = [];
        const weightOf = () => model.reduce((sum, { weight }) => sum + weight, 0);
        steps.forEach(({ action, key, weight }, index) => {
          const known = model.find((entry) => entry.key === key);
          const others = model.filter((entry) => entry !== known);
          if (action === 'get') {
            expect(map.get(key)).toBe(known?.value);
            if (known !== undefined) model = [...others, known];
          } else {
            model = others;
            if (action === 'delete') expect(map.delete(key)).toBe(known !== undefined);
            else {
              map.set(key, index, weight);
              if (weight <= capacity) model.push({ key, value: index, weight });
              while (weightOf() > capacity) model.shift();
            }
          }
          expect(map.size).toBe(model.length);
        });
        for (const { key, value } of model) expect(map.get(key)).toBe(value);
      }),
    );
  });

  it('holds nothing after it was cleared, and fills again', () => {
    const map = new RecentMap<string, number>(2);
    map.set('a', 1);
    map.clear();
    expect([map.size, map.get('a')]).toEqual([0, undefined]);
    for (const [nth, key] of ['b', 'c', 'd', 'e'].entries()) map.set(key, nth);
    expect(['b', 'c', 'd', 'e'].map((key) => map.get(key))).toEqual([undefined, undefined, 2, 3]);
  });
});
