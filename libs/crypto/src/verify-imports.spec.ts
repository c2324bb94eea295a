import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Everything that a source file loads, itself included; type imports load nothing. */
function loadedFrom(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  const source = readFileSync(file, 'utf8');
  for (const [, specifier] of source.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gms)) {
    if (specifier === undefined) continue;
    if (specifier.startsWith('.')) loadedFrom(new URL(specifier, file), seen);
    else seen.add(specifier);
  }
  return seen;
}

describe('what loads for a service that only checks credentials', () => {
  it('can verify signatures, and neither sign, seal nor hash passwords', () => {
    const loaded = [...loadedFrom(new URL('./verify.ts', import.meta.url))];
    const packages = loaded.filter((name) => !name.startsWith('file:'));
    expect(packages.sort()).toEqual(['jose/errors', 'jose/jws/compact/verify', 'node:crypto']);
    const files = loaded
      .filter((name) => name.startsWith('file:'))
      .map((name) => name.slice(name.lastIndexOf('/') + 1));
    expect(files.sort()).toEqual([
      'access-key-hash.ts',
      'access-key-text.ts',
      'api-key-text.ts',
      'base64url.ts',
      'equal-text.ts',
      'jwk.ts',
      'recent-map.ts',
      'token-header.ts',
      'token-verifier.ts',
      'uuid-bytes.ts',
      'verified-claims.ts',
      'verify.ts',
    ]);
  });

  it('is noticed where it would: the whole package loads argon2 and signing', () => {
    const loaded = loadedFrom(new URL('./index.ts', import.meta.url));
    expect([...loaded]).toEqual(expect.arrayContaining(['piscina', 'jose/jwt/sign']));
  });
});
