import { describe, expect, it } from 'vitest';
import { verifyCredentials } from './verify-credentials.ts';

const user = { id: 2, username: 'jdoe', email: 'jdoe@example.com', is_active: true, is_admin: false };
const times = { created_at: '2026-01-25T12:00:00', updated_at: '2026-01-25T12:00:00' };
const asked = { url: 'https://sso.example.com', apiKey: 'key', username: 'jdoe', password: 'secret' };

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const seen: { readonly url: string; readonly body: unknown }[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    seen.push({ url: String(url), body: JSON.parse(String(init?.body)) });
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
  };
  return { seen, fetch };
}

describe('asking whether a person may use the app', () => {
  it('gives the user where they may', async () => {
    const { seen, fetch } = answering(200, { authorized: true, message: 'Authorized', user: { ...user, ...times } });
    const outcome = await verifyCredentials({ ...asked, clientIp: '192.0.2.1', fetch });
    expect(outcome).toEqual({ authorized: true, user: { ...user, ...times } });
    const body = { username: 'jdoe', password: 'secret', api_key: 'key', client_ip: '192.0.2.1' };
    expect(seen).toEqual([{ url: 'https://sso.example.com/verify', body }]);
  });

  it('gives the reason where they may not, and when to ask again where there were too many attempts', async () => {
    const no = { authorized: false, message: 'Invalid username or password' };
    expect(await verifyCredentials({ ...asked, fetch: answering(200, no).fetch })).toEqual(no);
    const late = answering(429, { authorized: false, message: 'Too many' }, { 'retry-after': '7' });
    const outcome = await verifyCredentials({ ...asked, fetch: late.fetch });
    expect(outcome).toEqual({ authorized: false, message: 'Too many', retryAfterSeconds: 7 });
  });

  it('is a fault, never a "no", where nobody judged', async () => {
    const away = answering(503, {}, { 'retry-after': '1' });
    const unavailable = { code: 'unavailable', retryAfterSeconds: 1 };
    await expect(verifyCredentials({ ...asked, fetch: away.fetch })).rejects.toMatchObject(unavailable);
    const html = answering(200, '<html>');
    await expect(verifyCredentials({ ...asked, fetch: html.fetch })).rejects.toMatchObject({ code: 'unexpected' });
    const refused = () => Promise.reject(new TypeError('fetch failed'));
    await expect(verifyCredentials({ ...asked, fetch: refused })).rejects.toMatchObject({ code: 'unavailable' });
    const fields = [{ loc: ['body', 'api_key'], msg: 'Field required', type: 'missing' }];
    const empty = answering(422, { detail: fields });
    await expect(verifyCredentials({ ...asked, fetch: empty.fetch })).rejects.toThrow('body.api_key: Field required');
    const malformed = answering(422, { detail: 'wrong' });
    await expect(verifyCredentials({ ...asked, fetch: malformed.fetch })).rejects.toMatchObject({ status: 422 });
  });
});
