import type { Deployment } from '@evident/testing';
import { type Body, type Call, call } from '../e2e/http.ts';
import { playMachines } from './machine-secrets.ts';
import { type Haystack, type IssuedSecret, needlesOf, type Secret } from './needles.ts';
import { playSessions } from './session-secrets.ts';

/** A deployment on which much happened, and everything by which that could be recognised. */
export interface Scenario {
  readonly deployment: Deployment;
  readonly answers: readonly Haystack[];
  readonly metrics: readonly Haystack[];
  readonly passwords: readonly IssuedSecret[];
  readonly keys: readonly IssuedSecret[];
  readonly tokens: readonly IssuedSecret[];
  readonly people: readonly Secret[];
  /** What lies in the rows at the end, so that it was in events too. */
  readonly described: readonly Secret[];
  readonly clients: readonly Secret[];
}

const passwords = {
  administrator: 'Gannet-Guillemot!7731-ζ',
  first: 'Plover & Sandpiper ξ 8842',
  changed: 'Dunlin/Whimbrel "9163" η',
  wrong: 'Dotterel-Lapwing 5507',
  refused: 'shortξ7',
};
const people = {
  username: 'Zebedee-Quillfeather-7391',
  email: 'zebedee.quillfeather@kestrel-marsh.example',
  renamed: 'Ottoline-Harrowgate-2284',
  newEmail: 'ottoline.harrowgate@bittern-fen.example',
  nobody: 'Nobody-Phalarope-6614',
  pastedPassword: 'Pasted-Into-The-Name-4471',
};
const clients = {
  address: '203.0.113.219',
  agent: 'KestrelAgent/9.81 (Redshank)',
  caller: '198.51.100.177',
  callerAgent: 'CurlewClient/3.17',
};

export async function playSecretsScenario(
  start: (env: Readonly<Record<string, string>>) => Promise<Deployment>,
): Promise<Scenario> {
  const deployment = await start({
    ...{ ADMIN_PASSWORD: passwords.administrator, TRUST_PROXY: '127.0.0.1', SELF_REGISTRATION: 'on' },
  });
  const answers: Haystack[] = [];
  const ask = async (path: string, options: Call = {}): Promise<Body> => {
    const headers = { 'x-forwarded-for': clients.caller, 'user-agent': clients.callerAgent, ...options.headers };
    const answer = await call(deployment, path, { ...options, headers });
    const { status, body } = answer;
    const method = options.method ?? (options.json === undefined && options.form === undefined ? 'GET' : 'POST');
    const text = `${JSON.stringify([...answer.headers])}\n${typeof body === 'string' ? body : JSON.stringify(body)}`;
    answers.push({ name: `${method} ${path} ${status} (${answers.length})`, bytes: Buffer.from(text) });
    return body;
  };
  const signIn = async (username: string, password: string) =>
    (await ask('/token', { form: { username, password } })).access_token;

  const token: string = await signIn('admin', passwords.administrator);
  const as = { token };
  const { username, email } = people;
  const user = await ask('/users/', { ...as, json: { username, email, password: passwords.first, is_admin: true } });
  await ask('/users/', { ...as, json: { username, email, password: passwords.first } });
  await ask('/users/', { ...as, json: { username: `${username}2`, email: `2${email}`, password: passwords.refused } });
  const app = await ask('/apps/', { ...as, json: { name: 'Rookery', url: 'https://rookery.example' } });
  await ask(`/users/${user.id}/assign/${app.id}`, { ...as, method: 'POST' });
  const verify = (name: string, password: string, api_key: string) =>
    ask('/verify', {
      json: { username: name, password, api_key, client_ip: clients.address, user_agent: clients.agent },
    });
  await verify(username, passwords.first, app.api_key);
  await verify(email, passwords.first, app.api_key);
  await verify(username, passwords.wrong, app.api_key);
  await verify(people.nobody, passwords.wrong, app.api_key);
  await verify(people.pastedPassword, passwords.wrong, app.api_key);
  const badKey = `${app.api_key.slice(0, -6)}XXXXXX`;
  await verify(username, passwords.first, badKey);
  const theirs: string = await signIn(username, passwords.first);
  await signIn(username, passwords.wrong);
  await signIn(people.nobody, passwords.wrong);
  const rotated = await ask(`/apps/${app.id}/rotate-key`, { ...as, json: { grace_seconds: 60 } });
  const change = (json: object) => ask(`/users/${user.id}`, { ...as, method: 'PUT', json });
  await change({ username: people.renamed, email: people.newEmail, password: passwords.changed });
  await ask('/users/', { token: theirs });
  await verify(people.renamed, passwords.changed, rotated.api_key);
  await ask(`/users/?q=${people.renamed.slice(0, 12)}`, as);
  await ask('/users/', as);
  await ask('/apps/', as);
  const forged = `${token.slice(0, -20)}AAAAAAAAAAAAAAAAAAAA`;
  await mislay(ask, { token, forged, key: app.api_key });
  const machines = await playMachines(ask, token);
  const sessions = await playSessions(ask, token);
  await change({ is_active: false });
  await ask(`/users/${user.id}`, { ...as, method: 'DELETE' });
  const metrics = (await call(deployment, '/metrics')).body;

  const secret = (what: string, text: string, options = {}) => ({ what, needles: needlesOf(text, options) });
  const digested = { digests: true };
  const folded = { folded: true, digests: true };
  const each = (texts: Readonly<Record<string, string>>, kind: string, options: object) =>
    Object.entries(texts).map(([name, text]) => secret(`${kind} (${name})`, text, options));
  return {
    deployment,
    answers,
    metrics: [{ name: 'the metrics', bytes: Buffer.from(String(metrics)) }],
    passwords: [...each(passwords, 'password', digested), ...sessions.passwords],
    keys: [
      { ...secret('the first API key', app.api_key, digested), issued: true },
      { ...secret('the second API key', rotated.api_key, digested), issued: true },
      secret('an API key that is none', badKey, digested),
      ...machines.keys,
      ...sessions.keys,
    ],
    tokens: [
      { ...secret('the signature of a token', token.split('.')[2] ?? ''), issued: true },
      { ...secret('the signature of another token', theirs.split('.')[2] ?? ''), issued: true },
      secret('a forged token', forged.split('.')[2] ?? ''),
      ...machines.tokens,
      ...sessions.tokens,
    ],
    people: [...each(people, 'name or address', folded), ...sessions.people],
    described: sessions.people,
    clients: each(clients, 'client', digested),
  };
}

interface Mislaid {
  readonly token: string;
  readonly forged: string;
  readonly key: string;
}

/** Secrets where they do not belong: in paths, queries, headers, and bodies that cannot be read. */
async function mislay(ask: (path: string, options?: Call) => Promise<Body>, { token, forged, key }: Mislaid) {
  const password = encodeURIComponent(passwords.first);
  await ask(`/nowhere/${password}/${people.username}?token=${token}&api_key=${key}`);
  await ask(`/verify?password=${password}&api_key=${key}&username=${people.username}`, { json: {} });
  await ask(`/users/${encodeURIComponent(people.email)}`, { token });
  await ask(`/users/?limit=${password}&skip=${key}`, { token });
  await ask('/users/', { token: forged });
  await ask('/users/', {
    headers: { authorization: `Basic ${Buffer.from(`a:${passwords.first}`).toString('base64')}` },
  });
  await ask('/users/', { headers: { authorization: key, cookie: `session=${token}`, 'x-api-key': key } });
  const asText = { 'content-type': 'text/plain' };
  for (const headers of [asText, { 'content-type': `application/json; ${password}` }]) {
    await ask('/verify', { headers, json: { username: people.username, password: passwords.first, api_key: key } });
  }
  await ask('/verify', { json: { username: people.username, password: [passwords.first], api_key: { $gt: key } } });
  await ask('/token', { json: { username: people.username, password: passwords.first } });
  await ask('/users/', { token, headers: { 'idempotency-key': 'x'.repeat(200) }, json: { password: passwords.first } });
  await ask('/users/', { token, headers: { 'x-evident-min-position': key } });
  await ask('/health', { headers: { 'x-request-id': `${'y'.repeat(129)}` } });
}
