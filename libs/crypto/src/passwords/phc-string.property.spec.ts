import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPhc, parsePhc } from './phc-string.ts';

const salt = Buffer.from('somesaltsomesalt');
const digest = randomBytes(32);
const good = formatPhc({ memoryKib: 19_456, passes: 2, lanes: 1 }, salt, digest);
const tail = good.slice(good.indexOf('$', '$argon2id$v=19$'.length));

describe('a PHC string', () => {
  it('round-trips its parameters', () => {
    const cost = fc.record({
      memoryKib: fc.integer({ min: 8 * 255, max: 2 ** 32 - 1 }),
      passes: fc.integer({ min: 1, max: 9_999 }),
      lanes: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(cost, (parameters) => {
        expect(parsePhc(formatPhc(parameters, salt, digest))).toEqual(parameters);
      }),
    );
  });

  it('may hold its parameters in any order', () => {
    for (const order of ['m=64,t=2,p=1', 'm=64,p=1,t=2', 'p=1,t=2,m=64']) {
      expect(parsePhc(`$argon2id$v=19$${order}${tail}`)).toEqual({ memoryKib: 64, passes: 2, lanes: 1 });
    }
  });

  it('is refused where it is anything else', () => {
    const bad = [
      '',
      'password',
      good.replace('argon2id', 'argon2i'),
      good.replace('argon2id', 'argon2d'),
      good.replace('v=19', 'v=16'),
      good.replace('$v=19', ''),
      good.replace(',p=1', ''),
      good.replace(',p=1', ',m=1'),
      good.replace('t=2', 't=0'),
      good.replace('p=1', 'p=0'),
      good.replace('p=1', 'p=256'),
      good.replace('m=19456', 'm=7'),
      good.replace('m=19456', 'm=4294967296'),
      good.slice(0, good.lastIndexOf('$')),
      good.slice(0, good.lastIndexOf('$') + 10),
      `${good}=`,
      `${good}\n`,
      ` ${good}`,
      '$2b$12$eImiTXuWVxfM37uY4JANjQ.fqI5xfI5xfI5xfI5xfI5xfI5xfI5xf',
    ];
    for (const text of bad) expect(parsePhc(text), text).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => parsePhc(text) === undefined));
  });
});
