import { describe, expect, it } from 'vitest';
import { parseTime } from './parse-time.ts';

describe('a time', () => {
  it.each([
    ['2026-01-25T12:00:00Z', '2026-01-25T12:00:00.000Z'],
    ['2026-01-25t12:00:00.123456z', '2026-01-25T12:00:00.123Z'],
    ['2026-01-25T00:30:00+01:00', '2026-01-24T23:30:00.000Z'],
    ['2026-01-25T00:30:00 01:00', '2026-01-24T23:30:00.000Z'],
    ['2028-02-29T23:59:59.999Z', '2028-02-29T23:59:59.999Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    ['0000-01-01T00:00:00+14:00', '-000001-12-31T10:00:00.000Z'],
  ])('is read from %s', (text, expected) => {
    expect(parseTime(text)).toBe(Date.parse(expected));
  });

  it.each(['2026-02-29T12:00:00Z', '2026-02-30T12:00:00+02:00', '2026-06-31T00:00:00Z', '2026-01-25T24:00:00Z'])(
    'is not read from %s, which no calendar or clock shows',
    (text) => {
      expect(parseTime(text)).toBeUndefined();
    },
  );
});
