import { randomBytes } from 'node:crypto';
import { createSealSigner } from '@evident/crypto';
import { streams } from '@evident/domain';
import { isCertified } from '@evident/evidence';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { certifiedErasure } from '../src/index.ts';
import { IssuerOnLog } from './issuer.fixture.ts';

const issuer = new IssuerOnLog();
beforeAll(() => issuer.open());
afterAll(() => issuer.remove());

const signer = createSealSigner(randomBytes(32));
const certificate = () => certifiedErasure({ log: issuer.temporary.log, signer }, issuer.userId);
const now = () => new Date(issuer.clock()).toISOString();

it('an erasure is certified once it is complete, and whenever it is asked for by the same certificate', async () => {
  const { userId } = issuer;
  const erasures = streams.erasures('main');
  await issuer.append(erasures, [{ type: 'erasure.requested', data: { userId, identifiers: 'kept' } }]);
  const erasedAt = now();
  await issuer.onUser({ type: 'user.erased', data: { identifiers: 'kept' } });
  expect(await certificate()).toMatchObject({ ok: false, error: { code: 'person.not-erased' } });
  issuer.clock.advance(1_000);
  const issuedAt = now();
  await issuer.append(erasures, [{ type: 'erasure.completed', data: { userId } }]);
  issuer.clock.advance(60_000);
  const first = await certificate();
  if (!first.ok) throw new Error(first.error.code);
  expect(first.value).toMatchObject({ subject: `user:${userId}`, erasedAt, issuedAt, identifiers: 'kept' });
  expect(isCertified(first.value)).toBe(true);
  issuer.clock.advance(60_000);
  expect(await certificate()).toEqual(first);
});
