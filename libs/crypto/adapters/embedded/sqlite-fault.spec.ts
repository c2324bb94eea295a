import { describe, expect, it } from 'vitest';
import { sqliteFaultCode } from './sqlite-fault.ts';

const withCode = (errcode: number) => Object.assign(new Error('sqlite'), { errcode });

describe('an error of SQLite', () => {
  it.each([
    ['corrupt', 11, 'damaged'],
    ['corrupt index (extended)', 779, 'damaged'],
    ['not a database', 26, 'damaged'],
    ['full', 13, 'disk-full'],
    ['busy', 5, 'unavailable'],
    ['cannot open', 14, 'unavailable'],
    ['input or output (extended)', 1034, 'unavailable'],
  ])('%s', (_, errcode, expected) => {
    expect(sqliteFaultCode(withCode(errcode))).toBe(expected);
  });

  it('of another kind is a store that is away', () => {
    expect(sqliteFaultCode(new Error('other'))).toBe('unavailable');
    expect(sqliteFaultCode('other')).toBe('unavailable');
  });
});
