import { randomUUID } from 'node:crypto';
import type { Revocation } from '@evident/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RevocationList } from './revocation-list.ts';

const user = (userId: string, generation: number): Revocation => ({ kind: 'user', userId, generation });
const agent = (agentId: string, generation: number): Revocation => ({ kind: 'agent', agentId, generation });
const session = (sessionId: string, expiresAt: number): Revocation => ({ kind: 'session', sessionId, expiresAt });
const [alice, bob] = [randomUUID(), randomUUID()];

describe('a revocation list', () => {
  it('numbers each change, and gives those after a number in order', () => {
    const list = new RevocationList();
    list.add(user(alice, 2), 1_000);
    list.add(session(bob, 900), 900);
    expect(list.since(0, 10)).toEqual({ sequence: 2, changes: [user(alice, 2), session(bob, 900)], complete: true });
    expect(list.since(1, 10)).toEqual({ sequence: 2, changes: [session(bob, 900)], complete: true });
    expect(list.since(2, 10)).toEqual({ sequence: 2, changes: [], complete: true });
  });

  it('holds the highest generation of a user, and each session once', () => {
    const list = new RevocationList();
    expect(list.add(user(alice, 3), 1_000)).toBe(true);
    expect(list.add(user(alice, 2), 1_000)).toBe(false);
    expect(list.add(user(alice, 3), 1_000)).toBe(false);
    expect(list.add(user(alice, 4), 1_000)).toBe(true);
    expect(list.add(session(bob, 900), 900)).toBe(true);
    expect(list.add(session(bob, 900), 900)).toBe(false);
    expect(list.since(0, 10)).toEqual({ sequence: 3, changes: [user(alice, 4), session(bob, 900)], complete: true });
  });

  it('comes in parts, each going on where the one before ended', () => {
    const list = new RevocationList();
    for (let count = 0; count < 5; count++) list.add(session(randomUUID(), 900), 900);
    const whole = list.since(0, 10).changes;
    const parts: Revocation[] = [];
    for (let sequence = 0, complete = false; !complete; ) {
      const part = list.since(sequence, 2);
      parts.push(...part.changes);
      ({ sequence, complete } = part);
    }
    expect(parts).toEqual(whole);
  });

  it('lets go of what no token can be meant by any more', () => {
    const list = new RevocationList();
    list.add(user(alice, 2), 500);
    list.add(session(bob, 900), 900);
    list.prune(500);
    expect(list.since(0, 10).changes).toEqual([session(bob, 900)]);
    list.prune(900);
    expect(list.size).toBe(0);
    expect(list.sequence).toBe(2);
  });

  it('holds no more than what can still matter, however often the same users change', () => {
    const list = new RevocationList();
    for (let generation = 2; generation < 20_000; generation++) {
      list.add(user(alice, generation), 1_000);
      list.prune(0);
    }
    expect(list.size).toBe(1);
    expect(list.since(0, 10)).toMatchObject({ changes: [user(alice, 19_999)], complete: true });
  });
});

it('whoever asks for what came since, in parts of any size and at any time, knows what a full snapshot says', () => {
  const subject = fc.integer({ min: 0, max: 5 });
  const step = fc.oneof(
    fc.record({ do: fc.constant('user' as const), subject, generation: fc.integer({ min: 2, max: 9 }) }),
    fc.record({ do: fc.constant('agent' as const), subject, generation: fc.integer({ min: 2, max: 9 }) }),
    fc.record({ do: fc.constant('session' as const), subject }),
    fc.record({ do: fc.constant('ask' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const list = new RevocationList();
      const known = new Map<string, number>();
      let sequence = 0;
      const ask = (limit: number) => {
        const part = list.since(sequence, limit);
        sequence = part.sequence;
        for (const change of part.changes) learn(known, change);
        return part.complete;
      };
      for (const each of steps) {
        if (each.do === 'user') list.add(user(`u${each.subject}`, each.generation), 1);
        else if (each.do === 'agent') list.add(agent(`a${each.subject}`, each.generation), 1);
        else if (each.do === 'session') list.add(session(`s${each.subject}`, 1), 1);
        else ask(each.limit);
        list.prune(0);
      }
      while (!ask(3));
      const snapshot = new Map<string, number>();
      for (const change of list.since(0, 1_000).changes) learn(snapshot, change);
      expect(known).toEqual(snapshot);
    }),
  );
});

function learn(known: Map<string, number>, change: Revocation): void {
  if (change.kind === 'user') known.set(change.userId, Math.max(known.get(change.userId) ?? 0, change.generation));
  else if (change.kind === 'session') known.set(change.sessionId, change.expiresAt);
  else known.set(change.agentId, Math.max(known.get(change.agentId) ?? 0, change.generation));
}
