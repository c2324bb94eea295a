import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCertified } from '@evident/evidence';
import { type Deployment, startDeployment, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evident } from '../cli/evident.ts';
import { adminToken, call } from '../e2e/http.ts';

const person = { username: 'zebulonquartz', email: 'zebulon.quartz@vexing.example', password: 'a good password' };
const address = '198.51.100.77';
const agent = 'zebulons-own-browser/7';
/** Nothing of a person may be in a file, in no case and no encoding that a database keeps text in. */
const needles = [person.username, 'zebulon', 'vexing', address, agent];

let folder: string;
let server: Deployment;
let token: string;
let uid: string;
let id: number;
let before: string;
let keyId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-erased-'));
  server = await startDeployment({ shape: 'main', env: { TRUST_PROXY: '127.0.0.1', SEAL_EVERY: '1' } });
  token = await adminToken(server);
  ({ uid, id } = (await call(server, '/users/', { token, json: person })).body);
  const app = (await call(server, '/apps/', { token, json: { name: 'Wiki', url: 'https://wiki.example.com' } })).body;
  await call(server, `/users/${id}/assign/${app.id}`, { token, method: 'POST' });
  await actAsThePerson(app.api_key);
  before = join(folder, 'before');
  await succeed('backup', before, '--data-dir', server.dataDir);
  // Files are full of the person before: the search would notice.
  expect(foundIn(server.dataDir)).not.toEqual([]);
});
afterAll(async () => {
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function actAsThePerson(apiKey: string): Promise<void> {
  const headers = { 'x-forwarded-for': address, 'user-agent': agent };
  const attempt = { username: person.username, password: person.password, api_key: apiKey };
  await call(server, '/verify', { json: attempt, headers });
  await call(server, '/verify', { json: { ...attempt, password: 'wrong' }, headers });
  const json = { identifier: person.email, secret: person.password };
  await call(server, '/api/sso/v1/auth/login', { json, headers });
  await makeKey();
  const change = { username: 'zebulonthesecond' };
  await call(server, `/users/${id}`, { token, method: 'PUT', json: change });
}

/** What somebody calls a key of theirs is about them too. */
async function makeKey(): Promise<void> {
  const turnAdmin = (isAdmin: boolean) =>
    call(server, `/users/${id}`, { token, method: 'PUT', json: { is_admin: isAdmin } });
  await turnAdmin(true);
  const form = { username: person.username, password: person.password };
  const own = (await call(server, '/token', { form })).body.access_token;
  const { status, body } = await call(server, '/api/sso/v1/apikeys', { token: own, json: { name: 'zebulons laptop' } });
  expect(status, JSON.stringify(body)).toBe(201);
  keyId = body.id;
  await turnAdmin(false);
}

async function succeed(...line: string[]) {
  const ran = await evident(line, { env: { TRUST_PROXY: '127.0.0.1' } });
  expect(ran, line.join(' ')).toMatchObject({ code: 0 });
  return ran.out;
}

/** Files that hold something of the person, with what. */
function foundIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const content = readFileSync(join(entry.parentPath, entry.name)).toString('latin1').toLowerCase();
      return needles.filter((needle) => content.includes(needle)).map((needle) => `${entry.name}: ${needle}`);
    });
}

const nothingLeft = () =>
  until(() => (foundIn(server.dataDir).length === 0 ? true : undefined), {
    what: `files without ${foundIn(server.dataDir)}`,
  });

/** The sealer follows the log; until its first seal no key is listed. */
const sealedBy = (kid: string) =>
  until(
    async () => {
      const { keys } = (await call(server, '/audit/log/seals', { token })).body;
      return keys.some((key: { kid: string }) => key.kid === kid) || undefined;
    },
    { what: `a seal by ${kid}` },
  );

describe('a person who was erased', () => {
  it('is gone with a certificate that is signed by the key of the seals', async () => {
    const { status, body } = await call(server, `/ops/people/user:${uid}`, { token, method: 'DELETE' });
    expect({ status, body }).toMatchObject({ status: 200, body: { subject: `user:${uid}`, keyDestroyed: true } });
    expect(isCertified(body)).toBe(true);
    expect(isCertified({ ...body, subject: 'user:another' })).toBe(false);
    await sealedBy(body.kid);
    expect((await call(server, `/users/${id}`, { token })).status).toBe(404);
  });

  it('is in no file any more, nor in a fresh backup', async () => {
    await nothingLeft();
    const after = join(folder, 'after');
    await succeed('backup', after, '--data-dir', server.dataDir);
    expect(foundIn(after)).toEqual([]);
    expect(readFileSync(join(after, 'person-keys.jsonl'), 'utf8')).not.toContain(uid);
  });

  it('reads as erased wherever the log speaks of them, and the log still verifies', async () => {
    const { body } = await call(server, `/audit/history/user:${uid}`, { token });
    const text = JSON.stringify(body);
    expect(text).toContain('"erased"');
    for (const needle of needles) expect(text.toLowerCase()).not.toContain(needle);
    const signIns = (await call(server, `/audit/sign-ins?user=user:${uid}`, { token })).body.signIns;
    expect(signIns.map(({ clientIp }: { clientIp: string }) => clientIp)).toContain('erased');
    await succeed('audit', 'verify-log', '--data-dir', server.dataDir);
  });

  it('leaves keys that have no name and count no more', async () => {
    const { body } = await call(server, `/api/sso/v1/apikeys/${keyId}`, { token });
    expect(body).toMatchObject({ name: 'erased', is_active: false });
    const state = await call(server, `/audit/state/apikey:${keyId.replace(/^key_/, '')}`, { token });
    expect(state.body.state).toMatchObject({ name: 'erased', holder: `user:${uid}` });
  });

  it('stays erased where the rows are built anew', async () => {
    await server.stop();
    for (const name of readdirSync(server.dataDir).filter((each) => each.startsWith('read-model')))
      rmSync(join(server.dataDir, name));
    server = await server.restart();
    token = await adminToken(server);
    expect((await call(server, `/users/?q=zebulon`, { token })).body).toEqual([]);
    await nothingLeft();
  });

  it('is erased again in a backup that is older, where the list of erasures is applied', async () => {
    const list = join(folder, 'erasures.txt');
    await succeed('person', 'erasures', list, '--data-dir', server.dataDir);
    const restored = join(folder, 'restored');
    await succeed('restore', before, '--into', restored, '--erasures', list, '--keys-from', server.dataDir);
    const again = await startDeployment({ shape: 'main', dataDir: restored });
    const admin = await adminToken(again);
    await until(async () => ((await call(again, `/users/${id}`, { token: admin })).status === 404 ? true : undefined), {
      what: 'the end of the account',
    });
    const state = await call(again, `/audit/state/user:${uid}`, { token: admin });
    expect(state.body.state).toMatchObject({ erased: true, isActive: false });
    await again.stop();
    expect(foundIn(restored)).toEqual([]);
    cpSync(restored, join(folder, 'kept'), { recursive: true });
    await again.remove();
  });
});

describe('evident person erase', () => {
  it('erases straight on the stores, beside a server, and says who is no person', async () => {
    const json = { username: 'someoneelse', email: 'someone@else.example', password: 'a good password' };
    const other = (await call(server, '/users/', { token, json })).body;
    const out = await succeed('person', 'erase', `user:${other.uid.toUpperCase()}`, '--data-dir', server.dataDir);
    expect(isCertified(JSON.parse(out))).toBe(true);
    expect((await evident(['person', 'erase', 'app:7', '--data-dir', server.dataDir])).code).toBe(1);
  });
});
