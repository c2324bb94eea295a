import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessKeyText } from './access-key-text.ts';
import { accessKeyPrefix, deriveAccessKey, isAccessKey, parseAccessKey } from './index.ts';

const key = createSecretKey(randomBytes(32));

describe('an access key', () => {
  it('names its identifier, and has no dot that a client could take it for a token by', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (keyId, commandId) => {
        const derived = deriveAccessKey(key, commandId, keyId);
        expect(derived.key).toMatch(/^usso_sk_[\w-]{64}$/);
        expect(parseAccessKey(derived.key)).toEqual({ keyId });
        expect(derived.prefix).toBe(accessKeyPrefix(derived.key));
        expect(derived.prefix).toBe(derived.key.slice(0, 'usso_sk_'.length + 8));
      }),
    );
  });

  it('is the same for the same command, and another for another command, identifier or service key', () => {
    const [command, id] = [randomUUID(), randomUUID()];
    const made = deriveAccessKey(key, command, id).key;
    expect(deriveAccessKey(key, command, id.toUpperCase()).key).toBe(made);
    const others = [
      deriveAccessKey(key, randomUUID(), id),
      deriveAccessKey(key, command, randomUUID()),
      deriveAccessKey(createSecretKey(randomBytes(32)), command, id),
    ];
    expect(new Set([made, ...others.map((other) => other.key)]).size).toBe(4);
  });

  it('shows of itself nothing of its secret', () => {
    const id = randomUUID();
    const [one, other] = [deriveAccessKey(key, randomUUID(), id), deriveAccessKey(key, randomUUID(), id)];
    expect(one.prefix).toBe(other.prefix);
    expect(one.key).not.toBe(other.key);
  });

  it('is written of an identifier and a secret of their lengths alone', () => {
    const [id, secret] = [randomBytes(16), randomBytes(32)];
    expect(accessKeyText(id, secret)).toHaveLength('usso_sk_'.length + 64);
    for (const [uuid, other] of [
      [id.subarray(1), secret],
      [id, secret.subarray(1)],
      [secret, id],
    ] as const) {
      expect(() => accessKeyText(uuid, other)).toThrow(RangeError);
    }
  });

  it('is read in its one form only', () => {
    const { key: text } = deriveAccessKey(key, randomUUID(), randomUUID());
    for (const wrong of [
      '',
      'usso_sk_',
      text.slice(0, -1),
      `${text}A`,
      `${text}=`,
      ` ${text}`,
      text.replace('sk', 'pk'),
    ]) {
      expect(parseAccessKey(wrong), wrong).toBeUndefined();
    }
    expect([isAccessKey(text), isAccessKey('usso_sk_x'), isAccessKey('a.b.c')]).toEqual([true, true, false]);
    fc.assert(fc.property(fc.string(), (any) => parseAccessKey(`usso_sk_${any}`) === undefined));
  });
});
