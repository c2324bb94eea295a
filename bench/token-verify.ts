/**
 * Access tokens: verifications a second by algorithm, one at a time, for tokens seen the first time (a signature is
 * computed) and for a remembered one, beside `jose` itself; and how long a verification waits while every core
 * hashes passwords. `node --conditions=@evident/source bench/token-verify.ts [tokens]`
 */
import { randomUUID } from 'node:crypto';
import { createPasswordHasher, createTokenSigner, createTokenVerifier, generateSigningKey } from '@evident/crypto';
import { importJWK, jwtVerify } from 'jose';

const total = Number(process.argv[2] ?? 4_000);
const issuer = 'http://localhost:8000';
const claims = () => ({
  iss: issuer,
  sub: `user:${randomUUID()}`,
  aud: 'your-app',
  exp: Math.floor(Date.now() / 1_000) + 3_600,
  jti: randomUUID(),
  scopes: ['users:read', 'apps:read'],
  gen: 3,
});

async function perSecond(count: number, work: (index: number) => unknown): Promise<string> {
  const began = performance.now();
  for (let index = 0; index < count; index += 1) await work(index);
  return `${Math.round(count / ((performance.now() - began) / 1_000)).toLocaleString('en')}/s`;
}

function perSecondSync(count: number, work: () => unknown): string {
  const began = performance.now();
  for (let index = 0; index < count; index += 1) work();
  return `${Math.round(count / ((performance.now() - began) / 1_000)).toLocaleString('en')}/s`;
}

for (const alg of ['ES256', 'RS256', 'EdDSA'] as const) {
  const key = await generateSigningKey(alg, 'bench');
  const signer = createTokenSigner(key);
  const verifier = createTokenVerifier({
    issuer,
    clockToleranceSeconds: 5,
    keys: () => [key.publicJwk],
    now: Date.now,
  });
  const tokens = await Promise.all(Array.from({ length: total }, () => signer.sign(claims())));
  const [token = ''] = tokens;
  const publicKey = await importJWK({ ...key.publicJwk }, alg);
  await verifier.verify(token);
  await jwtVerify(token, publicKey);
  console.log(
    [
      alg.padEnd(6),
      `sign ${await perSecond(total, () => signer.sign(claims()))}`,
      `jose alone ${await perSecond(total, (index) => jwtVerify(tokens[index] ?? '', publicKey))}`,
      `first time ${await perSecond(total, (index) => verifier.verify(tokens[index] ?? ''))}`,
      `remembered ${perSecondSync(total * 20, () => verifier.verifyRemembered(token))}`,
    ].join('   '),
  );
}

const key = await generateSigningKey('ES256', 'bench');
const signer = createTokenSigner(key);
const hasher = createPasswordHasher({ memoryKib: 19_456, passes: 2, lanes: 1 });
const verifier = createTokenVerifier({ issuer, clockToleranceSeconds: 5, keys: () => [key.publicJwk], now: Date.now });
const decoy = hasher.decoyHash();
let hashing = true;
const callers = Array.from({ length: 16 }, async () => {
  while (hashing) await hasher.verify(decoy, 'a wrong password');
});
const waits: number[] = [];
for (let count = 0; count < 300; count += 1) {
  const token = await signer.sign(claims());
  const began = performance.now();
  await verifier.verify(token);
  waits.push(performance.now() - began);
}
hashing = false;
await Promise.all(callers);
await hasher.close();
waits.sort((a, b) => a - b);
const at = (share: number) => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(2);
console.log(`first verification while 16 callers hash: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
