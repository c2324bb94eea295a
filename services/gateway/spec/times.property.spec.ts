import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asfTime } from '../src/asf/times.ts';

it('prints every time as ISO 8601 does, to the second and without a zone', () => {
  const time = fc.date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('9999-12-31T23:59:59.999Z') });
  fc.assert(
    fc.property(time, (date) => {
      expect(asfTime(date.getTime())).toBe(date.toISOString().slice(0, 19));
    }),
  );
});
