import type { Deployment } from '@evident/testing';
import { until } from '@evident/testing';
import { adminToken, call } from '../e2e/http.ts';

/** What docs/audit.md asks about: names in its commands, as they are in one deployment. */
export type Story = Readonly<Record<string, string>>;

/**
 * A new colleague gets the wiki, somebody tries her password, an administrator disables her by mistake and the wiki is
 * renamed in the same request's name.
 */
export async function tellStory(server: Deployment): Promise<Story> {
  const token = await adminToken(server);
  const send = async (path: string, method: string, json?: unknown, requestId = '') => {
    const headers = requestId === '' ? {} : { 'x-request-id': requestId };
    return (await call(server, path, { token, method, headers, ...(json === undefined ? {} : { json }) })).body;
  };
  const moment = async () => {
    const { body } = await call(server, '/audit/events?order=desc&limit=1', { token });
    return body.events[0];
  };
  const wiki = await send('/apps/', 'POST', { name: 'Wiki', url: 'https://wiki.example.com' });
  const jdoe = await send('/users/', 'POST', {
    username: 'jdoe',
    email: 'jdoe@example.com',
    password: 'secretpassword',
  });
  await send(`/users/${jdoe.id}/assign/${wiki.id}`, 'POST');
  const attempt = { username: 'jdoe', password: 'secretpassword', api_key: wiki.api_key };
  await call(server, '/verify', { json: { ...attempt, password: 'guessed' } });
  await call(server, '/verify', { json: attempt });
  const third = await moment();
  await send(`/users/${jdoe.id}`, 'PUT', { is_active: false }, 'monday-1');
  await send(`/apps/${wiki.id}`, 'PUT', { name: 'Docs' }, 'monday-1');
  const first = (await call(server, `/audit/events?subject=user:${jdoe.uid}&limit=1`, { token })).body.events[0].id;
  const admin = (await call(server, `/audit/events?correlation=monday-1&limit=1`, { token })).body.events[0].actor;
  const isSealed = async () => (await call(server, `/audit/log/proof/${first}`, { token })).status === 200 || undefined;
  await until(isSealed, { what: 'a seal over the first event about her' });
  return {
    jdoe: `user:${jdoe.uid}`,
    wiki: `app:${wiki.uid}`,
    admin,
    third: third.time,
    grant: third.position,
    url: server.url,
    token,
  };
}
