import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { streams } from '@evident/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runEvident } from '../src/run-evident.ts';
import { type DataDirectory, makeDataDirectory, type Person } from './data-directory.fixture.ts';
import { spokenTerminal } from './spoken-terminal.fixture.ts';

let deployment: DataDirectory;
beforeAll(async () => {
  deployment = await makeDataDirectory();
});
afterAll(() => deployment.remove());

const audit = (line: readonly string[], env?: Record<string, string>) => evident(['audit', ...line], env);
async function evident(line: readonly string[], env: Record<string, string> = {}) {
  const terminal = spokenTerminal({ env: { DATA_DIR: deployment.path, ...env } });
  const code = await runEvident(line, terminal);
  return { code, out: terminal.out(), err: terminal.err(), json: () => JSON.parse(terminal.out()) };
}
const first = () => deployment.people[0]?.uid ?? '';

describe('evident audit, straight from the stores', () => {
  it('explains itself, with examples', async () => {
    for (const line of [['--help'], ['replay', '--help']]) {
      expect((await audit(line)).out).toContain('$ evident audit');
    }
  });

  it('finds events and names who is behind them, as a table and as the JSON of the server', async () => {
    const { code, out, err } = await audit(['events', '--subject', `user:${first()}`, '--limit', '2']);
    expect({ code, lines: out.split('\n').length }).toEqual({ code: 0, lines: 4 });
    expect(out).toMatch(/^TIME +TYPE +SUBJECT/);
    const after = /--after (\S+)/.exec(err)?.[1] ?? '';
    const rest = await audit(['events', '--subject', `user:${first()}`, '--after', after, '--json']);
    expect(rest.json()).toMatchObject({ events: [{ revision: 2 }, { revision: 3 }], next: null });
  });

  it('tells states, histories, differences, access and sign-ins, with what the keys open', async () => {
    const [person] = deployment.people;
    const subject = `user:${person?.uid}`;
    expect((await audit(['state', subject])).out).toContain(`username      ${person?.username}`);
    expect((await audit(['state', subject, '--at', '2020-01-01T00:00:00Z', '--json'])).json()).toMatchObject({
      exists: false,
      state: null,
    });
    expect((await audit(['history', subject])).out).toContain('user.identifier-added');
    expect((await audit(['diff', subject])).out).toMatch(/username +null +user1/);
    expect((await audit(['access', '--app', '1'])).out).toMatch(/^Nobody, at \S+Z\.$/m);
    expect((await audit(['access', '--user', '1'])).out).toMatch(/^Nothing, at \S+Z\.$/m);
    expect((await audit(['access', '--app', '1', '--at', '2020-01-01T01:00:00+01:00'])).out).toBe(
      'Nobody, at 2020-01-01T00:00:00.000Z, before the first event of this log.\n',
    );
    expect((await audit(['sign-ins', '--user', '1', '--json'])).json()).toMatchObject({
      signIns: [{ outcome: 'failed', user: subject, clientIp: expect.any(String) }],
    });
  });

  it('names who could use what, and who allowed it, as they were called then; who was erased stays unnamed', async () => {
    const place = deployment.clone();
    const env = { DATA_DIR: place.path };
    const [boss, rosa, klaus] = place.people as [Person, Person, Person];
    const registered = (await audit(['events', '--type', 'app.registered', '--json'], env)).json().events[0];
    const appId = registered.subject.slice('app:'.length);
    const { log, now } = await place.open();
    for (const { uid } of [rosa, klaus]) {
      const [stream, commandId] = [streams.user(log.tenant, uid), randomUUID()];
      const data = { appId, appNumber: 1, userNumber: place.people.findIndex((person) => person.uid === uid) + 1 };
      const metadata = { tenant: log.tenant, actor: `user:${boss.uid}`, commandId, correlationId: commandId };
      const assigned = [{ id: randomUUID(), type: 'user.app-assigned', data }];
      const events = await log.codec.encode(assigned, { stream, metadata: { ...metadata, occurredAt: now() } });
      await log.store.append(stream, events, 'any');
    }
    const at = await log.store.lastPosition();
    await log.close();
    const line = ['access', '--app', registered.subject, '--at', at ?? ''];
    const named = ({ uid, username }: Person) => `${username} (user:${uid})`;
    const rows = async () => (await audit(line, env)).out.replaceAll(/\S+Z /g, '<time> ').split('\n').slice(1, 3);
    const rest = `  App 1 (${registered.subject})  <time>  ${named(boss)}`;
    expect(new Set(await rows())).toEqual(new Set([named(rosa) + rest, named(klaus) + rest]));
    expect((await evident(['person', 'erase', `user:${klaus.uid}`], env)).code).toBe(0);
    const unnamed = `user:${klaus.uid}`.padEnd(named(rosa).length);
    expect(new Set(await rows())).toEqual(new Set([named(rosa) + rest, unnamed + rest]));
    place.remove();
  });

  it('builds the rows in a place of its own where there are none', async () => {
    for (const end of ['', '-wal', '-shm']) rmSync(join(deployment.path, `read-models.db${end}`), { force: true });
    const { code, out } = await audit(['sign-ins', '--outcome', 'failed', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).signIns).toHaveLength(deployment.people.length);
  });

  it('replays one event a line, and goes on after the position where it was cut off', async () => {
    const lines = (await audit(['replay', '--types', 'user.*'])).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const events = lines.slice(0, -1);
    expect(lines.at(-1)).toEqual({ end: true, events: events.length, position: events.at(-1).position });
    const rest = await audit(['replay', '--types', 'user.*', '--after', events[4].position]);
    expect(
      rest.out
        .trimEnd()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    ).toEqual(events.slice(5));
  });

  it('runs sign-ins against a policy, and says what would have come out differently', async () => {
    const file = join(deployment.folder, 'policy.json');
    const against = async (policy: object, ...more: string[]) => {
      writeFileSync(file, JSON.stringify(policy));
      const { code, out, err } = await audit(['replay', '--against', file, '--json', ...more]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const lines = out.trimEnd().split('\n');
      return lines.map((line) => JSON.parse(line));
    };
    const attempts = deployment.people.length;
    const same = { end: true, attempts, differ: 0, unknown: 0, changes: [] };
    expect(await against({ limits: {} })).toEqual([same]);
    const elsewhere = { networks: { allow: ['10.0.0.0/8'] } };
    const refused = await against(elsewhere);
    expect(refused.at(-1)).toMatchObject({ attempts, differ: attempts, unknown: 0 });
    expect(refused[0]).toMatchObject({
      recorded: { outcome: 'failed' },
      replayed: { outcome: 'refused', reason: 'network-not-allowed' },
      attempts: 1,
    });
    const changes = refused.slice(0, -1);
    const from = changes.at(-1)?.time;
    // Several may bear the same millisecond.
    const later = changes.filter(({ time }) => time >= from);
    expect((await against(elsewhere, '--from', from)).slice(0, -1)).toEqual(later);
    expect(await against(elsewhere, '--to', '2020-01-01T00:00:00Z')).toEqual([{ ...same, attempts: 0 }]);
  });

  it.each([
    ['{"limits": {"perCaler": 3}}', [], 'Unrecognized key: "perCaler"'],
    ['{}', ['--types', 'user.*'], '--against goes with --from, --to and --app only'],
    ['{}', ['--app', '99'], 'Nothing is recorded'],
  ])('runs nothing against %s with %j', async (policy, more, reason) => {
    const file = join(deployment.folder, 'wrong.json');
    writeFileSync(file, policy);
    const { code, out, err } = await audit(['replay', '--against', file, ...more]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(reason);
  });

  it.each([
    [['state', 'nobody'], 'no subject'],
    [['state', 'user:00000000-0000-4000-8000-000000000000'], 'Nothing is recorded'],
    [['events', '--from', 'yesterday'], 'neither a position nor a time'],
    [['access'], 'Say which app or which user'],
    [['replay', '--against', 'nowhere.json'], 'nowhere.json cannot be read'],
    [['replay', '--to', 'nats://127.0.0.1:4222/a.*'], 'names no NATS subject'],
    [['replay', '--speed', '10x'], '--speed goes with --to nats://'],
    [['replay', '--to', '2026-01-01T00:00:00Z', '--to', '2026-02-01T00:00:00Z'], 'one moment and one NATS subject'],
    [['replay', '--to', 'nats://127.0.0.1:1/a', '--to', 'nats://127.0.0.1:1/b'], 'one moment and one NATS subject'],
    [['replay', '--to', 'nats://192.0.2.1:4222/a.b'], 'unencrypted.\nWrite --to tls://'],
    [['replay', '--to', 'nats://127.0.0.1:1/evident.events.main.user.x.registered'], 'the live feed'],
    [['replay', '--to', 'nats://127.0.0.1:1/evident.auth-command.cmd.verify.v1'], 'the live feed'],
    [['replay', '--to', 'nats://127.0.0.1:1/$JS.API.STREAM.DELETE.EVIDENT_EVENTS'], 'the live feed'],
  ])('says what is wrong with %j', async (line, reason) => {
    const { code, out, err } = await audit(line);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(reason);
  });

  it('asks a server only with a token, and says where none answers', async () => {
    const line = ['events', '--url', 'http://127.0.0.1:9'];
    expect((await audit(line)).err).toContain('EVIDENT_TOKEN');
    expect((await audit(line, { EVIDENT_TOKEN: 'x' })).err).toContain('does not answer');
  });

  it('an undo ends well only where all was done that may be undone', async () => {
    let steps: readonly object[] = [];
    const server = createServer((_request, response) => {
      const whole = { events: 1, complete: true, applied: true, steps };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(whole));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const line = ['undo', '--url', `http://127.0.0.1:${port}`, '--correlation', 'monday-1'];
    const codeOf = async (standing: string, outcome: string | null, ...more: string[]) => {
      steps = [
        {
          subject: 'app:1',
          field: 'details',
          events: [],
          command: null,
          reason: null,
          against: null,
          standing,
          outcome,
        },
      ];
      return (await audit([...line, ...more], { EVIDENT_TOKEN: 'x' })).code;
    };
    expect(await codeOf('ready', 'done', '--apply')).toBe(0);
    expect(await codeOf('already', null, '--apply')).toBe(0);
    expect(await codeOf('cannot', null, '--apply')).toBe(0);
    expect(await codeOf('conflict', null, '--apply')).toBe(1);
    expect(await codeOf('ready', 'caller.not-permitted', '--apply')).toBe(1);
    expect(await codeOf('conflict', null)).toBe(0);
    server.close();
  });

  it('does not take attempts that have expired for none', async () => {
    const expiredBefore = '2026-01-01T00:00:00.000Z';
    const server = createServer((_request, response) => {
      const page = { signIns: [], expiredBefore, next: null };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(page));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const outOf = async (...more: string[]) =>
      (await audit(['sign-ins', '--url', `http://127.0.0.1:${port}`, ...more], { EVIDENT_TOKEN: 'x' })).out;
    const unknown = `Of before ${expiredBefore} only the last attempt of each account is kept; the others have expired.\n`;
    for (const from of ['2025-12-31T23:59:59Z', '2026-01-01T00:30:00+01:00', 'log~0000000000000007'])
      expect(await outOf('--from', from)).toBe(`No attempt is recorded.\n\n${unknown}`);
    expect(await outOf()).toBe(`No attempt is recorded.\n\n${unknown}`);
    expect(await outOf('--from', '2026-01-01T01:00:00+01:00')).toBe('Nobody tried.\n');
    server.close();
  });

  it('takes a server that never tells of expired attempts for one that keeps them all', async () => {
    const server = createServer((_request, response) => void response.end('{"signIns": [], "next": null}'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const line = ['sign-ins', '--url', `http://127.0.0.1:${port}`];
    const { out } = await audit(line, { EVIDENT_TOKEN: 'x' });
    expect(out).toBe('Nobody tried.\n');
    server.close();
  });

  it('tells whoever pages through access the moment that the next page has to be asked about', async () => {
    const position = 'log~0000000000000007';
    const server = createServer((_request, response) => {
      const page = { at: '2026-01-01T00:00:00.000Z', position, access: [], next: '50' };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(page));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const line = ['access', '--app', '1', '--url', `http://127.0.0.1:${port}`];
    const { err } = await audit(line, { EVIDENT_TOKEN: 'x' });
    expect(err).toBe(`More: --at ${position} --after 50\n`);
    server.close();
  });

  it('makes no log that was only misspelt', async () => {
    const { code, err } = await audit(['events', '--data-dir', join(deployment.folder, 'elsewhere')]);
    expect(code).toBe(1);
    expect(err).toContain('There is no event log');
  });
});
