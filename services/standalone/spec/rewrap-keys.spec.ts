import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openExistingKeyring } from '../src/stores/keyrings.ts';
import { readKey } from '../src/stores/wrapping-keys.ts';
import { freshDirectory } from './fresh-directory.fixture.ts';
import { runLine } from './run-line.fixture.ts';

const newKey = Buffer.alloc(32, 11).toString('base64');

const deployment = freshDirectory();
beforeEach(() => {
  writeFileSync(deployment.place('new.key'), `${newKey}\n`);
});

function rewrap(variable: string, more: readonly string[] = [], env: Record<string, string> = {}) {
  const line = ['keys', 'rewrap', variable, '--to', deployment.place('new.key'), ...more];
  return runLine(line, { env: { DATA_DIR: deployment.path, ...env } });
}

const file = (name: string) => join(deployment.path, name);

async function keysOf(service: string): Promise<string[]> {
  const { log, config, now, close } = await deployment.open();
  const wrappingKey = readKey(config.keys.master, 'MASTER_KEY');
  const keyring = await openExistingKeyring({ store: log.store, tenant: 'main', service, wrappingKey, now });
  await close();
  return keyring.all('passwords').map(({ key }) => key.toString('hex'));
}

describe('evident keys rewrap', () => {
  it('puts every keyring of the master key under another one, with the same keys in them, beside a server', async () => {
    const before = [await keysOf('auth-command'), await keysOf('token-issuer')];
    const old = readFileSync(file('master.key'), 'utf8');
    const server = await deployment.open();
    const { code, out, err } = await rewrap('MASTER_KEY');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^auth-command: under the new key now\ntoken-issuer: under the new key now\n.*master\.key holds/,
    );
    await server.close();
    expect(readFileSync(file('master.key'), 'utf8')).toBe(`${newKey}\n`);
    expect([await keysOf('auth-command'), await keysOf('token-issuer')]).toEqual(before);
    writeFileSync(file('master.key'), old);
    await expect(keysOf('auth-command')).rejects.toThrow(/does not open the keyring of auth-command/);
  });

  it('puts what the services share under another data key: names are read and found as before', async () => {
    const opened = await deployment.open();
    const hash = opened.log.lookup.hash('username', 'someone');
    await opened.close();
    expect((await rewrap('DATA_KEY', ['--json'])).code).toBe(0);
    const again = await deployment.open();
    expect(again.log.lookup.hash('username', 'someone')).toBe(hash);
    const [person] = deployment.people;
    const { state } = await again.log.states.user.load(`user-main.${person?.uid}`);
    expect(state.identifiers[0]?.value).toBe(person?.username);
    await again.close();
  });

  it('goes on where it was broken off, one service after the other', async () => {
    const old = readFileSync(file('master.key'), 'utf8').trim();
    const before = [await keysOf('auth-command'), await keysOf('token-issuer')];
    const first = await rewrap('MASTER_KEY', ['--service', 'auth-command'], { MASTER_KEY: old });
    expect(first.out).toMatch(/^auth-command: under the new key now\nStart every service with the new MASTER_KEY/);
    const { out } = await rewrap('MASTER_KEY');
    expect(out).toMatch(/^auth-command: was under the new key\ntoken-issuer: under the new key now\n/);
    expect((await rewrap('MASTER_KEY')).out).toMatch(/^auth-command: was under .*\ntoken-issuer: was under/);
    expect([await keysOf('auth-command'), await keysOf('token-issuer')]).toEqual(before);
  });

  it('replaces no key file that the keyring of a service left out still needs', async () => {
    const before = readFileSync(file('master.key'), 'utf8');
    const { code, err } = await rewrap('MASTER_KEY', ['--service', 'auth-command']);
    expect({ code, err }).toEqual({
      code: 1,
      err: `evident keys rewrap: ${file('master.key')} opens the keyring of token-issuer too, and would be replaced.
Leave --service out, so that both come under the new key; nothing was changed.
`,
    });
    expect(readFileSync(file('master.key'), 'utf8')).toBe(before);
    await keysOf('auth-command');
    expect((await rewrap('MASTER_KEY', ['--service', 'auth-command'], { MASTER_KEY: before.trim() })).code).toBe(0);
    expect((await rewrap('MASTER_KEY', ['--service', 'token-issuer'])).code).toBe(0);
    await keysOf('token-issuer');
  });

  it.each(['MASTER_KEY', 'DATA_KEY'])('replaces no %s on a log that has no keys under it', async (variable) => {
    const name = variable === 'MASTER_KEY' ? 'master.key' : 'data.key';
    const before = readFileSync(file(name), 'utf8');
    const { code, err } = await rewrap(variable, [], { TENANT: 'mian' });
    expect({ code, err }).toEqual({
      code: 1,
      err: `evident keys rewrap: This log has no keys of tenant mian under ${variable}; nothing was changed.
Name the log that the key belongs to, with --data-dir, --event-store and TENANT.
`,
    });
    expect(readFileSync(file(name), 'utf8')).toBe(before);
  });

  it('says of a file of the new key that cannot be read why', async () => {
    for (const [place, said] of [
      [deployment.path, /data cannot be read \(EISDIR\)/],
      [deployment.place('nowhere.key'), /nowhere\.key cannot be read \(ENOENT\)/],
    ] as const) {
      const { code, err } = await rewrap('DATA_KEY', ['--to', place]);
      expect(code).toBe(1);
      expect(err).toMatch(said);
      expect(err).toMatch(/\nName a file with a key, made with: openssl rand -base64 32\n$/);
    }
  });

  it('refuses what is no key, the other key, and an old key that is none of this log', async () => {
    writeFileSync(deployment.place('new.key'), 'no key');
    expect((await rewrap('MASTER_KEY')).err).toMatch(/does not hold a key[\s\S]*openssl rand -base64 32/);
    writeFileSync(deployment.place('new.key'), readFileSync(file('data.key')));
    expect((await rewrap('MASTER_KEY')).err).toMatch(/The new MASTER_KEY is the DATA_KEY/);
    writeFileSync(deployment.place('new.key'), newKey);
    const wrong = await rewrap('MASTER_KEY', [], { MASTER_KEY: Buffer.alloc(32, 9).toString('base64') });
    expect(wrong.err).toMatch(/Neither the key from MASTER_KEY nor the one from .*new\.key opens the keyring/);
    expect(wrong.code).toBe(1);
  });
});
