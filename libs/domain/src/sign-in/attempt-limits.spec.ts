import { describe, expect, test } from 'vitest';
import {
  type Admission,
  admit,
  closeWait,
  emptyTally,
  giveBack,
  isForgettable,
  attemptPolicy as policy,
  recordFailure,
  recordSuccess,
  type Tally,
} from './attempt-limits.ts';

const limit = policy.perCaller;
const second = 1_000;
const minute = 60 * second;
const start = 1_800_000_000_000;

function admitted(admission: Admission): Tally {
  if (admission.admission !== 'admitted') throw new Error(`expected admitted, was ${admission.admission}`);
  return admission.tally;
}

function refused(admission: Admission): Extract<Admission, { admission: 'refused' }> {
  if (admission.admission !== 'refused') throw new Error(`expected refused, was ${admission.admission}`);
  return admission;
}

const ask = (tally: Tally, now: number) => admit(tally, limit, policy, now);
const guess = (tally: Tally, now: number) => recordFailure(admitted(ask(tally, now)), limit, policy, now);
const guesses = (count: number, now: number, tally = emptyTally) =>
  Array.from({ length: count }).reduce<Tally>((before) => guess(before, now), tally);

describe('failures', () => {
  test('ten are answered, the next attempt begins a wait of 30 seconds', () => {
    const { until, firstOfWindow } = refused(ask(guesses(10, start), start));
    expect({ wait: until - start, firstOfWindow }).toEqual({ wait: 30 * second, firstOfWindow: true });
  });

  test('the wait begins with the attempt that is refused, not with the tenth failure', () => {
    const { until } = refused(ask(guesses(10, start), start + 5 * minute));
    expect(until).toBe(start + 5 * minute + 30 * second);
  });

  test('older than fifteen minutes are forgotten', () => {
    const tally = guesses(9, start);
    const later = guess(tally, start + 14 * minute);
    expect(ask(later, start + 14 * minute).admission).toBe('refused');
    expect(ask(later, start + 15 * minute).admission).toBe('admitted');
  });

  test('are kept only as far as they can count', () => {
    const many = Array.from({ length: limit + 3 }).reduce<Tally>(
      (tally, _, at) => recordFailure(tally, limit, policy, start + at),
      emptyTally,
    );
    expect(many.failures).toHaveLength(limit);
    expect(many.failures.at(-1)).toBe(start + limit + 2);
  });

  test('one every 91 seconds never meets the limit', () => {
    let tally = emptyTally;
    for (let at = start; at < start + 240 * minute; at += 91 * second) tally = guess(tally, at);
    expect(tally.waits).toBe(0);
  });
});

describe('waits', () => {
  test('while one runs all attempts are refused until its end, and none of them counts', () => {
    let { tally, until } = refused(ask(guesses(10, start), start));
    for (let at = start; at < until; at += second) {
      const again = refused(ask(tally, at));
      expect(again).toMatchObject({ until, firstOfWindow: false });
      tally = again.tally;
    }
    expect(tally.failures).toHaveLength(10);
    expect(ask(tally, until).admission).toBe('admitted');
  });

  test('after one, a single attempt is judged at a time; the others wait for it', () => {
    const { tally, until } = refused(ask(guesses(10, start), start));
    const probing = admitted(ask(tally, until));
    expect(ask(probing, until).admission).toBe('wait');
    expect(ask(giveBack(probing), until).admission).toBe('admitted');
  });

  test('double with each wrong password after them, from 30 seconds to 15 minutes', () => {
    let tally = guesses(10, start);
    let now = start;
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const refusal = refused(ask(tally, now));
      waits.push((refusal.until - now) / second);
      now = refusal.until;
      tally = guess(refusal.tally, now);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  });

  test('are forgotten once nobody was refused for fifteen minutes after the last', () => {
    const { tally, until } = refused(ask(guesses(10, start), start));
    const failed = guess(tally, until);
    expect(ask(failed, until + 15 * minute - 1).admission).toBe('refused');
    const fresh = guesses(10, until + 15 * minute, failed);
    expect(refused(ask(fresh, until + 15 * minute)).until - until - 15 * minute).toBe(30 * second);
  });

  test('end with a right password after them: ten failures are answered again', () => {
    const { tally, until } = refused(ask(guesses(10, start), start));
    const cleared = recordSuccess(admitted(ask(tally, until)), until);
    expect(cleared).toMatchObject({ failures: [], waits: 0, pending: 0, refusedUntil: 0 });
    expect(refused(ask(guesses(10, until, cleared), until)).until).toBe(until + 30 * second);
  });
});

describe('attempts in flight', () => {
  test('each holds a place, so that parallel guesses do not slip past', () => {
    let tally = emptyTally;
    for (let place = 0; place < limit; place++) tally = admitted(ask(tally, start));
    expect(ask(tally, start).admission).toBe('wait');
    for (let place = 0; place < limit; place++) tally = recordFailure(tally, limit, policy, start);
    expect(ask(tally, start).admission).toBe('refused');
  });

  test('right ones give their places back, so that parallel right ones are never refused', () => {
    let tally = emptyTally;
    let waiting = 50;
    let inFlight = 0;
    while (waiting + inFlight > 0) {
      const admission = ask(tally, start);
      if (waiting > 0 && admission.admission === 'admitted') {
        tally = admission.tally;
        waiting--;
        inFlight++;
      } else {
        expect(admission.admission).not.toBe('refused');
        tally = recordSuccess(tally, start);
        inFlight--;
      }
    }
    expect(tally.pending).toBe(0);
  });

  test('lose no place to one of them that is judged', () => {
    const three = [1, 2, 3].reduce<Tally>((tally) => admitted(ask(tally, start)), emptyTally);
    expect(recordFailure(three, limit, policy, start).pending).toBe(2);
    expect(recordSuccess(three, start).pending).toBe(2);
    expect(giveBack(three).pending).toBe(2);
  });

  test('one that was not judged leaves no trace', () => {
    expect(giveBack(admitted(ask(emptyTally, start)))).toEqual(emptyTally);
  });
});

describe('the record of a wait', () => {
  const first = refused(ask(guesses(10, start), start));

  test('is the first refusal at once and the number of the others when it is over', () => {
    const third = refused(ask(refused(ask(first.tally, start)).tally, start));
    expect(closeWait(third.tally, start)).toBeUndefined();
    const closed = closeWait(third.tally, first.until);
    expect(closed).toMatchObject({ count: 2, until: first.until });
    expect(closed?.tally).toEqual({ ...third.tally, refusals: 0 });
    expect(closed && closeWait(closed.tally, first.until)).toBeUndefined();
  });

  test('is the first refusal alone where there was no other', () => {
    expect(closeWait(first.tally, first.until)).toBeUndefined();
  });

  test('outlives a right password', () => {
    const refusedTwice = refused(ask(first.tally, start)).tally;
    const cleared = recordSuccess(admitted(ask(refusedTwice, first.until)), first.until);
    expect(closeWait(cleared, first.until)).toMatchObject({ count: 1, until: first.until });
  });
});

describe('forgetting', () => {
  test('a tally can go once it says no more than an empty one', () => {
    const failed = guess(emptyTally, start);
    expect(isForgettable(emptyTally, policy, start)).toBe(true);
    expect(isForgettable(failed, policy, start)).toBe(false);
    expect(isForgettable(failed, policy, start + 15 * minute)).toBe(true);
    expect(isForgettable(admitted(ask(emptyTally, start)), policy, start + 60 * minute)).toBe(false);
  });

  test('a tally stays while it holds a place, a wait or refusals that are to be recorded', () => {
    const some = [{ pending: 1 }, { waits: 1 }, { refusals: 1 }, { pending: 1, waits: 1 }, { pending: 1, refusals: 1 }];
    for (const kept of some) {
      expect(isForgettable({ ...emptyTally, refusedUntil: start, ...kept }, policy, start), JSON.stringify(kept)).toBe(
        false,
      );
    }
  });

  test('a success is remembered as long as it exempts its caller', () => {
    const succeeded = recordSuccess(emptyTally, start);
    expect(isForgettable(succeeded, policy, start + policy.exemptMs - 1)).toBe(false);
    expect(isForgettable(succeeded, policy, start + policy.exemptMs)).toBe(true);
  });
});
