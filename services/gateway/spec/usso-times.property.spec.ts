import fc from 'fast-check';
import { it } from 'vitest';
import { ussoTime } from '../src/usso/times.ts';

it('prints every time as toISOString does, whichever day came before', () => {
  const times = fc.oneof(
    fc.integer({ min: 0, max: 4_102_444_800_000 }),
    fc.integer({ min: -62_000_000_000_000, max: 8_000_000_000_000_000 }),
    fc.constantFrom(0, 86_399_999, 86_400_000, 1_700_000_000_999),
  );
  fc.assert(fc.property(times, (time) => ussoTime(time) === new Date(time).toISOString()));
});
