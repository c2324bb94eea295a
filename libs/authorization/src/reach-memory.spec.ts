import { describe, expect, it } from 'vitest';
import { type ListReach, reachOfList } from './index.ts';
import { ReachMemory } from './reach-memory.ts';

const needed = { action: 'read', resource: 'sso/user' };
const listOf = (n: number) => [`read:sso/user?uid=${String(n).padStart(29, '0')}`];

describe('what is remembered of lists of scopes', () => {
  const finding = (memory: ReachMemory) => {
    const found: (readonly string[])[] = [];
    const of = (held: readonly string[], asked = 'read:x'): ListReach =>
      memory.of(held, asked, () => {
        found.push(held);
        return reachOfList({ held, needed });
      });
    return { of, found };
  };

  it('is found once for each list and thing, and is of that very list', () => {
    const { of, found } = finding(new ReachMemory());
    const [one, other] = [listOf(1), listOf(1)];
    expect(of(one)).toBe(of(one));
    expect(found).toEqual([one]);
    of(one, 'read:y');
    of(other);
    expect(found).toEqual([one, one, other]);
    of(one);
    of(one, 'read:y');
    expect(found).toEqual([one, one, other]);
  });

  it('never takes more than its bound, and what was forgotten is found again', () => {
    const memory = new ReachMemory(1_000);
    const { of, found } = finding(memory);
    const lists = Array.from({ length: 200 }, (_, n) => listOf(n));
    for (const held of lists) {
      of(held);
      expect(memory.kept).toBeLessThanOrEqual(1_000);
    }
    expect(memory.kept).toBeGreaterThan(0);
    expect(of(lists[0] ?? [])).toEqual(reachOfList({ held: lists[0] ?? [], needed }));
    expect(found).toHaveLength(201);
  });

  it('is nothing of a list that is beyond the bound by itself', () => {
    const memory = new ReachMemory(100);
    const { of, found } = finding(memory);
    const held = Array.from({ length: 10 }, (_, n) => `read:sso/user?uid=u${n}&owner_id=someone`);
    expect(of(held)).toEqual(of(held));
    expect(found).toHaveLength(2);
    expect(memory.kept).toBe(0);
  });
});
