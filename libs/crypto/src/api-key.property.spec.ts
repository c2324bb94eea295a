import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseApiKey } from './api-key-text.ts';
import { deriveApiKey } from './derive-api-key.ts';
import { generateKey } from './keys/wrapped-key.ts';

const derivationKey = createSecretKey(generateKey());
const appId = '0191d7a2-0000-7000-8000-0123456789ab';

describe('an API key', () => {
  it('names its app', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string(), (app, command) => {
        expect(parseApiKey(deriveApiKey(derivationKey, command, app).key)).toEqual({ appId: app });
      }),
    );
  });

  it('is the same for the same command, and another for another command, app or service key', () => {
    const made = deriveApiKey(derivationKey, 'command 1', appId);
    expect(deriveApiKey(derivationKey, 'command 1', appId.toUpperCase())).toEqual(made);
    const others = [
      deriveApiKey(derivationKey, 'command 2', appId),
      deriveApiKey(derivationKey, 'command 1', appId.replace('ab', 'ac')),
      deriveApiKey(createSecretKey(generateKey()), 'command 1', appId),
    ];
    const secrets = [made, ...others].map(({ key }) => key.slice(-43));
    expect(new Set(secrets).size).toBe(4);
    expect(new Set([made, ...others].map(({ keyId }) => keyId)).size).toBe(4);
  });

  it('shows nothing of its secret in its prefix and id', () => {
    const { key, prefix, keyId } = deriveApiKey(derivationKey, 'command 1', appId);
    expect(key).toMatch(/^ev_[\w-]{22}_[\w-]{43}$/);
    expect(key.startsWith(prefix)).toBe(true);
    expect(prefix).toHaveLength(12);
    const secret = Buffer.from(key.slice(-43), 'base64url').toString('hex');
    expect(secret).not.toContain(keyId.replaceAll('-', '').slice(0, 12));
  });

  it('has one text only', () => {
    const { key } = deriveApiKey(derivationKey, 'command 1', appId);
    const spare = (text: string) => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
    for (const other of [spare(key), spare(key.slice(0, 25)) + key.slice(25), ` ${key}`, `${key}\n`, `${key}A`]) {
      expect(parseApiKey(other), other).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => parseApiKey(text) === undefined));
  });

  it('is not derived for what is no app', () => {
    expect(() => deriveApiKey(derivationKey, 'command 1', 'app')).toThrow(TypeError);
  });
});
