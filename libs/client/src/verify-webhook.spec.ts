import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyWebhook } from './verify-webhook.ts';

const secret = 'whsec_spec';
const body = '{"id":"1","type":"user.registered"}';
const seconds = 1_800_000_000;
const sign = (text: string, at = seconds) =>
  `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${text}`).digest('hex')}`;
const now = seconds * 1_000;

describe('a webhook', () => {
  it('counts where the secret signed this body lately', () => {
    const outcome = { ok: true, event: { id: '1', type: 'user.registered' } };
    expect(verifyWebhook({ secret, signature: sign(body), body, now })).toEqual(outcome);
    expect(verifyWebhook({ secret, signature: sign(body), body: Buffer.from(body), now })).toEqual(outcome);
  });

  it('does not count where the body, the time or the secret is another, or it is old', () => {
    const signature = sign(body);
    const wrong = { ok: false, reason: 'wrong-signature' };
    expect(verifyWebhook({ secret, signature, body: `${body} `, now })).toEqual(wrong);
    expect(verifyWebhook({ secret: 'other', signature, body, now })).toEqual(wrong);
    expect(verifyWebhook({ secret, signature: signature.replace('t=18', 't=19'), body, now })).toEqual(wrong);
    expect(verifyWebhook({ secret, signature, body, now: now + 301_000 })).toEqual({ ok: false, reason: 'too-old' });
  });

  it('is not checked at all where the secret was left empty: anybody could have signed it', () => {
    const signature = `t=${seconds},v1=${createHmac('sha256', '').update(`${seconds}.${body}`).digest('hex')}`;
    expect(() => verifyWebhook({ secret: '', signature, body, now })).toThrow('secret is empty');
  });

  it.each([undefined, '', 't=1', 'v1=abc', `t=1,v1=${'g'.repeat(64)}`])('is malformed with %s', (signature) => {
    expect(verifyWebhook({ secret, signature, body, now })).toEqual({ ok: false, reason: 'malformed' });
  });
});
