import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isHashOfAccessKey } from './access-key-hash.ts';
import { deriveAgentKey } from './agent-key.ts';
import { deriveAccessKey } from './derive-access-key.ts';
import { deriveApiKey } from './derive-api-key.ts';
import { createKeyedHash } from './keyed-hash.ts';
import { checkValue, unwrapKey } from './keys/wrapped-key.ts';
import { isWrappingKeyOf, unwrapPersonKey } from './person-key-wrapping.ts';
import type { PersonKeys } from './person-keys.port.ts';
import { createPersonSealer } from './person-sealer.ts';
import { openBox } from './seal-box.ts';
import { isSealedBy } from './seal-signature.ts';
import { deriveTicket } from './ticket.ts';

/** These texts were made once and stand on logs and in the hands of clients: none is ever made anew to suit the code. */
const key = createSecretKey(Buffer.alloc(32, 1));
const personKey = createSecretKey(Buffer.alloc(32, 3));
const commandId = '018f3a7c-1d2e-7abc-8def-0123456789ab';
const id = '018f3a7c-1d2e-7abc-8def-0123456789cd';

describe('what an earlier release stored opens in this one', () => {
  it('a box', () => {
    const box = 's1.40-jBjrk2UuI6J0M3IyPkB9XAGMNfno8Z32Gfc6Xofo9edW12uKeC6w9';
    expect(openBox(key, box, 'event 1')).toBe('Rosa Luxemburg');
  });

  it('a wrapped key, by its check value', () => {
    const wrapped = 's1.53MZ3xXwuDXUQqlHb_3ACufNfWp9Mb0G-_pttHdAQkNDvFOAWsSLcatYHFqkt-FPwYD1eVKnxBA-Z8Y8';
    const raw = unwrapKey(key, wrapped, 'keyring main/auth/passwords/1');
    expect(raw).toEqual(Buffer.alloc(32, 2));
    expect(raw && checkValue(raw)).toBe('m3VLtSvqUIs51ft3qVFsvQ');
  });

  it('the key of a person, and the text that tells the wrapping key from others', () => {
    const wrapped = 's1.Du-cvGNLwPCG-5Gbmet7T2vq-wNdd9wasl6Im66ebyBWvJ2_ySPlmO3OUfGF6b2xjVlLgXrih56aLuHw';
    expect(unwrapPersonKey(key, 'p', wrapped)?.equals(personKey)).toBe(true);
    const check = 's1.xJrSTqUm4sRVdNOl-IHGfjq2-JrwNg__xB7It0YKa542qjp55CTtWJmolXFnL0OB2KM';
    expect(isWrappingKeyOf(key, check)).toBe(true);
    expect(isWrappingKeyOf(personKey, check)).toBe(false);
  });

  it('a member of an event that is about a person', () => {
    const sealer = createPersonSealer({ peek: () => personKey } as Partial<PersonKeys> as PersonKeys);
    const member = { k: 1, b: 's1.XEAEbRf1B0CpivaI5Lw4DWmBQ_Pycau5Tthuikl6fYc' };
    expect(sealer.open('p', member, 'event 1')).toBe('Rosa');
  });

  it('the hash of an access key, also under a lookup key that is not the newest', () => {
    const lookup = createKeyedHash([
      { number: 1, key: Buffer.alloc(32, 1) },
      { number: 2, key: Buffer.alloc(32, 2) },
    ]);
    const stored = 'k1.2zM2rf_pOWcM-nqImZKqA6BOlVGykKbNsBuIH1K8IQU';
    expect(isHashOfAccessKey(lookup, stored, 'usso_sk_x')).toBe(true);
    expect(isHashOfAccessKey(lookup, stored, 'usso_sk_y')).toBe(false);
    expect(isHashOfAccessKey(lookup, stored.replace('k1.', 'k2.'), 'usso_sk_x')).toBe(false);
    expect(isHashOfAccessKey(lookup, stored.replace('k1.', 'k3.'), 'usso_sk_x')).toBe(false);
  });

  it('the signature of a seal, by a key that is named by its thumbprint', () => {
    const sealKey = {
      kid: 'UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4',
      x: 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w',
    };
    const signature = 'dEKMypjlpMLm3xC2g0AP1u2dr0AfiKFJb96SLdZUsQ-Aq5QEK4zEMkXI3NYHGODk2w4TrWTrxFf2zuimfQBRAQ';
    expect(isSealedBy(sealKey, 'root', signature)).toBe(true);
    expect(isSealedBy(sealKey, 'roof', signature)).toBe(false);
    expect(isSealedBy({ ...sealKey, kid: 'another' }, 'root', signature)).toBe(false);
  });
});

describe('what a command made under an earlier release, its retry under this one shows again', () => {
  it('an API key', () => {
    expect(deriveApiKey(key, commandId, id)).toEqual({
      key: 'ev_AY86fB0ueryN7wEjRWeJzQ_rvy_NFF7vPxhixY8W9bF4dM4PsE5spddhWJv0MeIMcw',
      prefix: 'ev_AY86fB0ue',
      keyId: '5dcbaf6b-4150-8d9c-afc1-92813f668ff8',
    });
  });

  it('an access key', () => {
    expect(deriveAccessKey(key, commandId, id)).toEqual({
      key: 'usso_sk_AY86fB0ueryN7wEjRWeJzY9pxsRgLTPrwwQXRfBI0EmuRKjXF-RqnxxET_Eyvc5K',
      prefix: 'usso_sk_AY86fB0u',
    });
  });

  it('the key of an agent', () => {
    expect(deriveAgentKey(key, commandId).verifyKey).toContain(
      'MCowBQYDK2VwAyEALGzKy60IMaV7tVIPpnxCWRihaY34ICbMik+eKFut4zo=',
    );
  });

  it('a sign-in ticket', () => {
    expect(deriveTicket(key, commandId)).toBe('_GXYDXYrwGICkaIMi3m5j9BGMBRZbOWYhkbSHEfYQJQ');
  });
});
