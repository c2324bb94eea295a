import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openKeyring } from '@evident/log';
import { openTemporaryLog } from '@evident/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshDirectory } from './fresh-directory.fixture.ts';

const deployment = freshDirectory();
const { evident } = deployment;

describe('evident admin', () => {
  /** As auth-command would have made it at its first start. */
  beforeAll(async () => {
    const { log, masterKey, now, close } = await openTemporaryLog({ dataDir: deployment.original.path });
    const purposes = ['passwords', 'api-keys', 'tickets', 'commands'];
    await openKeyring(log, { service: 'auth-command', purposes, wrappingKey: masterKey, now });
    await close();
  });

  const rosa = ['--username', 'rosa', '--email', 'rosa@example.com'];

  it('makes an administrator beside a server, with a password that is printed once', async () => {
    const server = await deployment.open();
    const { code, out, err } = await evident(['admin', 'create', ...rosa]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /User +rosa \(rosa@example\.com\)[\s\S]*Administrator +yes[\s\S]*Password +\S{20,} +\(shown this once\)/,
    );
    const { state } = await server.log.states.roster.load('roster-main');
    expect([...state.administrators.values()]).toEqual(['active']);
    await server.close();
  });

  it('takes a password from standard input and does not repeat it', async () => {
    const password = 'a password from a store';
    const made = await evident(['admin', 'create', ...rosa, '--password-stdin', '--json'], { stdin: `${password}\n` });
    expect(made.code).toBe(0);
    expect(JSON.parse(made.out).user).toMatchObject({ username: 'rosa', is_admin: true });
    expect(made.out + made.err).not.toContain(password);
    const empty = await evident(['admin', 'reset-password', '--username', 'rosa', '--password-stdin']);
    expect(empty).toMatchObject({ code: 1, out: '' });
    expect(empty.err).toContain('no password on standard input');
  });

  it('gives someone a new password by name or address', async () => {
    await evident(['admin', 'create', ...rosa]);
    for (const login of ['rosa', 'ROSA@example.com']) {
      const { code, out } = await evident(['admin', 'reset-password', '--username', login, '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        user: { username: 'rosa' },
        password: expect.stringMatching(/^\S{20,}$/),
      });
    }
  });

  it('gives the first administrator a new password where nobody is named, as the first start prints', async () => {
    await evident(['admin', 'create', ...rosa]);
    const line = ['admin', 'reset-password', '--json'];
    const { code, out } = await evident(line, { env: { ADMIN_USERNAME: 'rosa' } });
    expect(code).toBe(0);
    expect(JSON.parse(out).user.username).toBe('rosa');
    const nobody = await evident(line);
    expect(nobody.code).toBe(1);
    expect(nobody.err).toMatch(/no such user[\s\S]*--username/);
  });

  it('says why it cannot, and what to do', async () => {
    await evident(['admin', 'create', ...rosa]);
    const cases: readonly [line: readonly string[], stdin: string, says: RegExp][] = [
      [['create', ...rosa], '', /name belongs to someone[\s\S]*reset-password/],
      [
        ['create', '--username', 'x y\n', '--email', 'x@example.com'],
        '',
        /^evident admin create: The user name holds [^\n]+\.\nChoose another --username\.\n$/,
      ],
      [
        ['create', '--username', 'mara', '--email', 'nowhere'],
        '',
        /^evident admin create: What --email says is not an e-mail address\.\nWrite one like rosa@example\.com\.\n$/,
      ],
      [
        ['create', '--username', 'mara', '--email', 'm@example.com', '--password-stdin'],
        'short\n',
        /: The password must have at least \d+ characters\.\nChoose another password, or .*--generate\.\n$/,
      ],
      [['reset-password', '--username', 'nobody'], '', /no such user[\s\S]*signs in with/],
    ];
    for (const [line, stdin, says] of cases) {
      const { code, out, err } = await evident(['admin', ...line], { stdin });
      expect({ code, out }, err).toEqual({ code: 1, out: '' });
      expect(err).toMatch(says);
    }
  });

  it('has evident person erase say how to name a person, where nobody is there', async () => {
    const nobody = 'user:00000000-0000-4000-8000-000000000000';
    const { code, err } = await evident(['person', 'erase', nobody, '--data-dir', deployment.path]);
    expect(code).toBe(1);
    expect(err).toBe(
      'evident person erase: There is no such user.\nWrite user:<uuid>; evident audit events finds it.\n',
    );
  });

  it('makes no deployment where only the directory was misspelt', async () => {
    const misspelt = deployment.place('misspelt');
    const { code, err } = await evident(['admin', 'create', ...rosa, '--data-dir', misspelt]);
    expect(code).toBe(1);
    expect(err).toContain('There is no event log');
    expect(existsSync(misspelt)).toBe(false);
    mkdirSync(misspelt);
    rmSync(join(deployment.path, 'master.key'));
    expect((await evident(['admin', 'create', ...rosa])).err).toMatch(/no key file .*master\.key/);
  });
});
