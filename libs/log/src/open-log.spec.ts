import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { streams } from '@evident/domain';
import { eventId } from '@evident/event-store';
import { StartupProblem } from '@evident/runtime';
import { openTemporaryLog, type TemporaryLog } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyring } from './index.ts';

let temporary: TemporaryLog;
beforeEach(async () => {
  temporary = await openTemporaryLog();
});
afterEach(() => temporary.remove());

const file = (name: string) => join(temporary.config.dataDir, name);
const otherKey = () => `${Buffer.alloc(32, 7).toString('base64')}\n`;

function spoilDatabase(statement: string): void {
  const database = new DatabaseSync(file('person-keys.db'));
  database.exec(statement);
  database.close();
}

async function registerSomebody(): Promise<string> {
  const { log } = temporary;
  const userId = randomUUID();
  const stream = streams.user('main', userId);
  const commandId = randomUUID();
  const claim = {
    kind: 'username',
    value: 'Someone',
    lookup: 'k1.x',
    claimId: randomUUID(),
    verified: true,
    primary: true,
  };
  const events = [
    { type: 'user.registered', data: { number: 1 } },
    { type: 'user.identifier-added', data: claim },
  ].map((event, index) => ({ ...event, id: eventId(commandId, stream, 'spec', index) }));
  const metadata = { tenant: 'main', actor: 'system', commandId, correlationId: commandId, occurredAt: 1 };
  await log.store.append(stream, await log.codec.encode(events, { stream, metadata }), 'no-stream');
  return stream;
}

describe('opening a log', () => {
  it('makes keys once: what was sealed before a restart opens after it', async () => {
    const stream = await registerSomebody();
    await temporary.close();
    temporary = await temporary.reopen();
    const { state } = await temporary.log.states.user.load(stream);
    expect(state.identifiers[0]?.value).toBe('Someone');
  });

  it('keeps look-ups equal over restarts and between processes', async () => {
    const before = temporary.log.lookup.hash('username', 'someone');
    const second = await temporary.reopen();
    expect(second.log.lookup.hash('username', 'someone')).toBe(before);
    await second.close();
  });

  it.each(['master.key', 'data.key'])('refuses a log whose %s is gone, and makes no new one', async (name) => {
    await registerSomebody();
    await temporary.close();
    rmSync(file(name));
    await expect(temporary.reopen()).rejects.toThrow(StartupProblem);
    expect(() => statSync(file(name))).toThrow();
  });

  it('refuses a data key that is another one than the log was made with', async () => {
    await temporary.close();
    writeFileSync(file('data.key'), otherKey());
    await expect(temporary.reopen()).rejects.toThrow(/data\.key does not open the keyring of shared/);
  });

  it('refuses a master key that is another one, where a service opens its keyring', async () => {
    const options = { service: 'auth-command', purposes: ['spec'], now: () => 1 };
    await openKeyring(temporary.log, { ...options, wrappingKey: temporary.masterKey });
    await temporary.close();
    writeFileSync(file('master.key'), otherKey());
    temporary = await temporary.reopen();
    const opened = openKeyring(temporary.log, { ...options, wrappingKey: temporary.masterKey });
    await expect(opened).rejects.toThrow(/does not open the keyring of auth-command/);
  });

  it('refuses to begin a new log beside person keys, and leaves none behind', async () => {
    await registerSomebody();
    await temporary.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(file(`events.db${suffix}`), { force: true });
    await expect(temporary.reopen()).rejects.toThrow(/There is no .*events\.db/);
    expect(() => statSync(file('events.db'))).toThrow();
  });

  it('refuses to make new person keys beside a log that holds personal data', async () => {
    await registerSomebody();
    await temporary.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(file(`person-keys.db${suffix}`), { force: true });
    await expect(temporary.reopen()).rejects.toThrow(/person-keys\.db/);
  });

  it.each([
    [
      'of a newer version',
      () => spoilDatabase('PRAGMA user_version = 9'),
      /newer version \(form 9, this one reads 1\)/,
      /^Install the newest version /,
    ],
    [
      'that cannot be opened',
      () => {
        for (const suffix of ['', '-wal', '-shm']) rmSync(file(`person-keys.db${suffix}`), { force: true });
        mkdirSync(file('person-keys.db'));
      },
      /cannot be opened/,
      /^Check that the path is right, /,
    ],
    [
      'whose write-ahead file is not what was written',
      () => writeFileSync(file('person-keys.db-wal'), Buffer.alloc(4_096, 'garbage')),
      /person-keys\.db-wal is damaged/,
      /^Restore person-keys\.db from the backup /,
    ],
    [
      'whose write-ahead file is none',
      () => mkdirSync(file('person-keys.db-wal')),
      /person-keys\.db-wal is not a file/,
      /^Move it away, /,
    ],
    [
      'whose file of shared memory is none',
      () => mkdirSync(file('person-keys.db-shm')),
      /person-keys\.db-shm is not a file/,
      /^Move it away, /,
    ],
  ])('says what to do about a file of person keys %s', async (_, spoil, names, remedy) => {
    await registerSomebody();
    await temporary.close();
    spoil();
    const problem = { message: expect.stringMatching(names), remedy: expect.stringMatching(remedy) };
    await expect(temporary.reopen()).rejects.toMatchObject(problem);
  });

  it.each([
    ['write-ahead file', 'events.db-wal'],
    ['file of shared memory', 'events.db-shm'],
  ])('says what to do about a log whose %s is none', async (_, name) => {
    await temporary.close();
    mkdirSync(file(name));
    const problem = {
      message: expect.stringMatching(`${name} is not a file`),
      remedy: expect.stringMatching(/^Move /),
    };
    await expect(temporary.reopen()).rejects.toMatchObject(problem);
  });

  it('closes its directory and files to other users', async () => {
    await temporary.close();
    chmodSync(temporary.config.dataDir, 0o755);
    chmodSync(file('events.db'), 0o644);
    temporary = await temporary.reopen();
    expect(statSync(temporary.config.dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(file('events.db')).mode & 0o777).toBe(0o600);
  });
});
