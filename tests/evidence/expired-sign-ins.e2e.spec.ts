import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { streams } from '@evident/domain';
import { isSigned, rootOf } from '@evident/evidence';
import { type Deployment, startDeployment, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evident } from '../cli/evident.ts';
import { adminToken, call } from '../e2e/http.ts';
import { untilReady } from '../e2e/until-ready.ts';
import { olderLog } from './older-log.ts';

const day = 86_400_000;
const keeping = { SEAL_EVERY: '1', SIGN_INS_KEPT_MONTHS: '12' };
const people = [randomUUID(), randomUUID()];

let folder: string;
let dataDir: string;
let server: Deployment;
let token: string;
/** Of the log before anything expired. */
let positions: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-expired-'));
  dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  positions = await olderLog({ dataDir, people, old: 40, recent: 20 });
  server = await startDeployment({ shape: 'main', env: keeping, dataDir });
  token = await adminToken(server);
  await until(async () => (await ask('/audit/events?type=signin.expired&limit=1')).body.events[0], {
    what: 'an expiry',
  });
  await until(async () => ((await attempts()).length < 60 ? true : undefined), { what: 'attempts that are gone' });
}, 120_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string) => call(server, path, { token });
const attempts = async () => (await ask('/audit/sign-ins?outcome=failed&limit=100')).body.signIns;
const run = async (...line: string[]) => {
  const ran = await evident([...line, '--json']);
  return { code: ran.code, err: ran.err, said: ran.out === '' ? undefined : JSON.parse(ran.out) };
};
const verified = (data: string, ...more: string[]) => run('audit', 'verify-log', '--data-dir', data, ...more);

describe('a deployment that keeps sign-ins for a year', () => {
  it('lets those before expire by itself, and answers at every position and time of before', async () => {
    const left: readonly { readonly user: string }[] = await attempts();
    const ofEach = people.map((person) => left.filter(({ user }) => user === `user:${person}`).length);
    expect([left.length, ...ofEach]).toEqual([20, 10, 10]);
    for (const position of positions) {
      const { status, body } = await ask(`/events?after=${encodeURIComponent(position)}&limit=1000`);
      expect([status, body.events.every((event: { position: string }) => event.position > position)]).toEqual([
        200,
        true,
      ]);
    }
    const signIns = `/audit/state/signin:${people[0]}`;
    const at = new Date(Date.now() - 2 * 365 * day).toISOString();
    const then = await ask(`${signIns}?at=${at}`);
    expect(then).toMatchObject({ status: 200, body: { exists: false, state: null } });
    expect(positions).toContain(then.body.position);
    expect((await ask(signIns)).body).toMatchObject({ exists: true, state: { failed: 10 } });
    expect((await ask(`/audit/history/signin:${people[0]}`)).body.changes).toHaveLength(10);
  });

  it('proves an event that lay between them: the way to the root goes by the digests that were kept', async () => {
    const event = (await ask('/audit/events?order=asc&limit=1')).body.events[0];
    const { status, body } = await ask(`/audit/log/proof/${event.id}`);
    expect(status).toBe(200);
    expect(body.seal.count).toBeGreaterThan(40);
    expect(rootOf(body.digest, body.proof)).toBe(body.seal.merkleRoot);
    expect(isSigned('main', body.seal)).toBe(true);
  });

  it('replays what is left, recorded and against another policy', async () => {
    const replay = await evident(['audit', 'replay', '--types', 'signin.failed', '--data-dir', dataDir]);
    expect(replay).toMatchObject({ code: 0, err: '' });
    // And the line that says that it ended.
    expect(replay.out.trim().split('\n')).toHaveLength(21);
    const policy = join(folder, 'policy.json');
    writeFileSync(policy, JSON.stringify({ limits: { perCaller: 2 } }));
    expect(await evident(['audit', 'replay', '--against', policy, '--data-dir', dataDir])).toMatchObject({ code: 0 });
  });

  it('has rows that are those of the log that is left', async () => {
    const { code, out, err } = await evident(['projections', 'verify', 'recorded-events', '--data-dir', dataDir]);
    expect({ code, err, out }).toMatchObject({ code: 0, err: '' });
  });

  it('has nothing of what they said in its log file', async () => {
    const bytes = ['', '-wal'].map((end) => readFileSync(join(dataDir, `events.db${end}`), 'latin1')).join('');
    const rounds = new Set([...bytes.matchAll(/tried-(\d+)-there/g)].map(([, round]) => Number(round)));
    expect([...rounds].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => 40 + index));
    const { said } = await verified(dataDir);
    expect(said).toMatchObject({ ok: true, letGo: 40 });
  });
});

describe('a log that let go of attempts', () => {
  it('is verified against seals that were kept, examined, backed up, restored and moved; a server goes on with it', async () => {
    const seals = join(folder, 'seals.json');
    writeFileSync(seals, JSON.stringify((await ask('/audit/log/seals')).body));
    expect(await verified(dataDir, '--seals', seals)).toMatchObject({ code: 0, said: { ok: true, letGo: 40 } });

    const backup = join(folder, 'backup');
    expect(await run('backup', backup, '--data-dir', dataDir)).toMatchObject({ code: 0, err: '' });
    expect(await server.stop()).toBe(0);
    expect(await evident(['doctor', '--data-dir', dataDir])).toMatchObject({ code: 0, err: '' });

    const keys = join(folder, 'keys');
    mkdirSync(keys);
    for (const name of ['master.key', 'data.key']) cpSync(join(dataDir, name), join(keys, name));
    const restored = join(folder, 'restored');
    expect(await run('restore', backup, '--into', restored, '--keys-from', keys)).toMatchObject({ code: 0, err: '' });
    expect(await evident(['doctor', '--data-dir', restored])).toMatchObject({ code: 0, err: '' });
    expect(await verified(restored, '--seals', seals)).toMatchObject({ code: 0, said: { ok: true, letGo: 40 } });

    const moved = join(folder, 'moved');
    mkdirSync(moved, { mode: 0o700 });
    const copied = await run('migrate', '--data-dir', restored, '--to', `sqlite:${join(moved, 'events.db')}`);
    expect(copied).toMatchObject({ code: 0, err: '' });
    expect(await verified(moved, '--seals', seals)).toMatchObject({ code: 0, said: { ok: true, letGo: 40 } });
    const examined = await evident(['doctor', '--data-dir', moved]);
    expect({ code: examined.code, out: examined.out }).toMatchObject({ code: 0 });
    expect(await run('log', 'new-id', '--data-dir', moved)).toMatchObject({ code: 0 });
    expect(await verified(moved, '--seals', seals)).toMatchObject({ code: 0, said: { ok: true, letGo: 40 } });

    const anew = await startDeployment({ shape: 'main', env: keeping, dataDir: moved });
    await untilReady(anew);
    const sealed = (await verified(moved)).said.seals;
    const again = await adminToken(anew);
    const { body } = await call(anew, '/audit/sign-ins?outcome=failed&limit=100', { token: again });
    expect(body.signIns).toHaveLength(20);
    await until(async () => ((await verified(moved)).said.seals > sealed ? true : undefined), { what: 'another seal' });
    expect(await anew.stop()).toBe(0);
    expect(await verified(moved, '--seals', seals)).toMatchObject({ code: 0, said: { ok: true, letGo: 40 } });
  }, 120_000);

  it('is found out where somebody lets go of more', async () => {
    const tampered = join(folder, 'tampered');
    cpSync(join(folder, 'restored'), tampered, { recursive: true });
    const file = new DatabaseSync(join(tampered, 'events.db'));
    const stream = streams.signIn('main', people[0]);
    const { first } = file.prepare('SELECT first FROM shortened_streams WHERE name = ?').get(stream) as {
      first: number;
    };
    const { place } = file.prepare('SELECT min(place) AS place FROM events WHERE stream = ?').get(stream) as {
      place: number;
    };
    file.exec(`DELETE FROM events WHERE place = ${place}; INSERT INTO emptied_places VALUES (${place})`);
    file.prepare('UPDATE shortened_streams SET first = ? WHERE name = ?').run(first + 1, stream);
    file.close();
    const { code, said } = await verified(tampered);
    expect({ code, ok: said.ok }).toEqual({ code: 1, ok: false });
  });
});
