import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshDirectory } from './fresh-directory.fixture.ts';

const deployment = freshDirectory();
const { evident } = deployment;

describe('the command line', () => {
  it('explains itself, each command with examples', async () => {
    const all = await evident(['--help']);
    expect(all).toMatchObject({ code: 0, err: '' });
    for (const line of [
      ['start'],
      ['admin', 'create'],
      ['admin', 'reset-password'],
      ['keys', 'list'],
      ['keys', 'rotate'],
      ['keys', 'rewrap'],
      ['doctor'],
      ['backup'],
      ['restore'],
      ['migrate'],
      ['log', 'new-id'],
      ['person', 'erasures'],
    ]) {
      const { code, out } = await evident([...line, '--help']);
      expect(code).toBe(0);
      expect(out, line.join(' ')).toContain(`$ evident ${line.join(' ')}`);
      expect(all.out).toContain(line[0]);
    }
  });

  it.each(['audit events', 'keys list', 'person erase user:00000000-0000-4000-8000-000000000000'])(
    'asks the server of EVIDENT_URL, unless stores are named: %s',
    async (line) => {
      const env = { EVIDENT_URL: 'http://127.0.0.1:1', EVIDENT_TOKEN: 'x' };
      const away = 'http://127.0.0.1:1 does not answer';
      expect((await evident(line.split(' '), { env })).err).toContain(away);
      const named = [...line.split(' '), '--data-dir', deployment.path];
      expect((await evident(named, { env })).err).not.toContain(away);
    },
  );

  it('answers 2 to what makes no sense, and says what was meant', async () => {
    expect(await evident(['bakup'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('backup') });
    expect((await evident(['restore', 'x'])).code).toBe(2);
    expect((await evident(['backup', 'x', '--keep-person-keys', 'long'])).code).toBe(2);
    expect((await evident([])).code).toBe(2);
  });

  it.each([
    ['doctor --data-dir ', "option '--data-dir'"],
    ['audit events --correlation ', "option '--correlation'"],
    ['audit replay --to ', "option '--to'"],
    ['keys list --url ', "option '--url'"],
    ['person erasures ', "argument 'file'"],
    ['webhooks change one --types ', "option '--types'"],
  ])(
    'takes nothing for a value, as of a variable that is not set, neither for one nor for its default: %s""',
    async (line, name) => {
      const { code, out, err } = await evident(line.split(' '));
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(`error: ${name} is empty`);
    },
  );

  it.each([
    'projections parked users --retry one --discard one',
    'admin reset-password --generate --password-stdin',
    'audit events --url http://127.0.0.1:1 --data-dir x',
    'keys list --event-store sqlite:x --url http://127.0.0.1:1',
    'person erase user:00000000-0000-4000-8000-000000000000 --data-dir x --url http://127.0.0.1:1',
    'projections list --url http://127.0.0.1:1 --read-model sqlite:x',
  ])('does not choose between what cannot be had together: %s', async (line) => {
    const { code, out, err } = await evident(line.split(' '));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/cannot be used with/);
  });

  it('answers 1 to wrong configuration, naming the variable', async () => {
    const { code, out, err } = await evident(['backup', deployment.place('b')], { env: { TOKEN_ALG: 'none' } });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('evident backup: TOKEN_ALG must be one of');
  });

  it.each(['audit events', 'keys list', 'projections list'])(
    'names the tenant that a log knows nothing of, and does not wait for a server to make its keys: %s',
    async (line) => {
      const words = [...line.split(' '), '--data-dir', deployment.path];
      const { code, out, err } = await evident(words, { env: { TENANT: 'mian' } });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/This log has no keys of tenant mian, also after 1 s of waiting\.\n.*TENANT/);
    },
  );

  it('prefers an option to its variable', async () => {
    const { code, err } = await evident(['backup', deployment.place('b'), '--data-dir', '/no/such']);
    expect(code).toBe(1);
    expect(err).toContain('There is no event log at /no/such/events.db');
    const lost = await evident(['backup', deployment.place('b'), '--event-store', 'sqlite:/no/such.db']);
    expect(lost.err).toContain('/no/such.db');
  });

  it('shows progress to a person and never mixes it into the answer', async () => {
    const watched = await evident(['backup', deployment.place('b1')], { watched: true });
    expect(watched.err).toContain('Checking the copy');
    const piped = await evident(['backup', deployment.place('b2')]);
    expect(piped).toMatchObject({ code: 0, err: '' });
    expect(piped.out).toContain('Person keys');
  });

  it('prints JSON for programs', async () => {
    const [backup, restored] = [deployment.place('b'), deployment.place('r')];
    const taken = JSON.parse((await evident(['backup', backup, '--json'])).out);
    expect(taken.manifest).toEqual(JSON.parse(readFileSync(join(backup, 'manifest.json'), 'utf8')));
    const line = ['restore', backup, '--into', restored, '--keys-from', deployment.path, '--json'];
    expect(JSON.parse((await evident(line)).out)).toMatchObject({
      into: restored,
      events: taken.manifest.log.events,
      persons: { keys: 3 },
    });
    const doctor = JSON.parse((await evident(['doctor', '--json'])).out);
    expect(doctor).toMatchObject({ ok: true, findings: expect.arrayContaining([expect.anything()]) });
    expect(JSON.parse((await evident(['person', 'erasures', deployment.place('e'), '--json'])).out)).toEqual({
      file: deployment.place('e'),
      erased: 0,
    });
  });

  it('does not call a webhook changed of which nothing was to be changed', async () => {
    const server = createServer((_request, response) => void response.end('{}'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const line = ['webhooks', 'change', 'one', '--url', `http://127.0.0.1:${port}`];
    const { code, out, err } = await evident(line, { env: { EVIDENT_TOKEN: 'x' } });
    server.close();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/Nothing is to be changed\.\nGive --to, --types or both\.\n$/);
  });

  it('says of a list of who was erased where it cannot be written, by the name that was given', async () => {
    const nowhere = await evident(['person', 'erasures', deployment.place('nowhere/list')]);
    expect(nowhere.err).toMatch(/There is no folder \S+\/nowhere\.\nCreate it, or name another place\.\n$/);
    const folder = await evident(['person', 'erasures', deployment.path]);
    expect(folder.err).toMatch(/\/data is a folder\.\nName a file\.\n$/);
    expect([nowhere.code, folder.code]).toEqual([1, 1]);
  });

  it('says of a missing token what else there is, and only where there is something', async () => {
    const both = await evident(['keys', 'list', '--url', 'http://127.0.0.1:1']);
    expect(both.err).toMatch(/EVIDENT_TOKEN is not set[\s\S]*or leave --url away to ask the stores\./);
    for (const line of [
      ['projections', 'rebuild', 'users'],
      ['webhooks', 'list'],
      ['audit', 'undo', '--url', 'http://127.0.0.1:1'],
    ]) {
      const { code, err } = await evident(line);
      expect(code).toBe(1);
      expect(err).toMatch(/EVIDENT_TOKEN to an access token or API key that holds the scope\.$/m);
    }
  });

  it.each(['notaurl', 'localhost:8001', 'http://someone:hidden@localhost:8001', 'http://localhost:8001/?a=b#c'])(
    'does not say of a server that it does not answer where nobody could be asked: %s',
    async (url) => {
      const { code, err } = await evident(['audit', 'events', '--url', url], { env: { EVIDENT_TOKEN: 'x' } });
      expect(code).toBe(1);
      expect(err).toMatch(/no URL of a server\.\nWrite it with its scheme, for example https:/);
      expect(err).not.toContain('hidden');
    },
  );

  it('says of a token that no header can carry that it is none, and does not show it', async () => {
    const line = ['audit', 'events', '--url', 'http://127.0.0.1:1'];
    for (const EVIDENT_TOKEN of ['hidden\n', 'hidden hidden', 'hidden…']) {
      const { code, err } = await evident(line, { env: { EVIDENT_TOKEN } });
      expect(code).toBe(1);
      expect(err).toMatch(/EVIDENT_TOKEN holds what no token does.*\nSet it to the token alone/);
      expect(err).not.toContain('hidden');
    }
  });

  it.each([
    ['webhooks pause', '/ops/webhooks/..%2Fsigning-keys%3Fa%23b/pause'],
    ['webhooks replay --from new', '/ops/webhooks/..%2Fsigning-keys%3Fa%23b/replay'],
    ['webhooks change --types *', '/ops/webhooks/..%2Fsigning-keys%3Fa%23b'],
    ['webhooks remove', '/ops/webhooks/..%2Fsigning-keys%3Fa%23b'],
    ['projections parked users --retry', '/ops/projections/users/parked/..%2Fsigning-keys%3Fa%23b/retry'],
  ])('asks for the thing of that id and for nothing else, whatever the id is: %s', async (line, path) => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.end('{}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const words = [...line.split(' '), '../signing-keys?a#b', '--url', `http://127.0.0.1:${port}`];
    await evident(words, { env: { EVIDENT_TOKEN: 'x' } });
    server.close();
    expect(asked).toEqual([path]);
  });

  it('names no other command in the remedy of what a server refused', async () => {
    const server = createServer(
      (_request, response) => void response.writeHead(404).end('{"detail": "No such thing."}'),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    for (const line of ['projections verify nothing', 'webhooks pause nothing', 'audit events', 'keys list']) {
      const { code, err } = await evident([...line.split(' '), '--url', `http://127.0.0.1:${port}`], {
        env: { EVIDENT_TOKEN: 'x' },
      });
      expect(code).toBe(1);
      expect(err, line).toMatch(
        /The server answered 404: No such thing\.\nCorrect what was asked for; --help shows what is possible\.\n$/,
      );
    }
    server.close();
  });

  it.each([
    ['<html>Welcome</html>', 200, /What answers at \S+ is not Evident, or one of another version\.\nCheck --url\.\n$/],
    ['{"message": "Not Found"}', 404, /What answers at \S+ is not Evident \(404\)\.\nCheck --url\.\n$/],
    ['<html>Bad Gateway</html>', 502, /answered 502: nothing that can be read\nWait a moment, then run/],
    ['{"detail": [{"msg": "bad"}]}', 422, /What answers at \S+ is not Evident \(422\)\.\nCheck --url\.\n$/],
    ['', 504, /answered 504: nothing that can be read\nWait a moment, then run/],
  ])('says of what stands at the URL in place of a server what it is: %s', async (body, status, said) => {
    const server = createServer((_request, response) => void response.writeHead(status).end(body));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const line = ['audit', 'events', '--url', `http://127.0.0.1:${port}`];
    const { code, out, err } = await evident(line, { env: { EVIDENT_TOKEN: 'x' } });
    server.close();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(said);
  });

  it('follows nobody who sends elsewhere: a command would arrive there as a question, or without its token', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.method);
      response.writeHead(301, { location: `https://sso.example.com${request.url}` }).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const line = ['keys', 'rotate', '--url', `http://127.0.0.1:${port}`];
    const { code, out, err } = await evident(line, { env: { EVIDENT_TOKEN: 'x' } });
    server.close();
    expect({ code, out, asked }).toEqual({ code: 1, out: '', asked: ['POST'] });
    expect(err).toMatch(
      /http:\S+ sends on to https:\/\/sso\.example\.com\/\S+\.\nGive the server's own URL with --url\.\n$/,
    );
  });

  it('takes no answer for a certificate that is none', async () => {
    const server = createServer((_request, response) => void response.end('{"status": "ok"}'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const line = ['person', 'erase', `user:${deployment.people[0]?.uid}`, '--url', `http://127.0.0.1:${port}`];
    const { code, out, err } = await evident(line, { env: { EVIDENT_TOKEN: 'x' } });
    server.close();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/What answers at \S+ is not Evident, or one of another version\.\nCheck --url\.\n$/);
  });

  it('is answered 1 by a doctor who found something', async () => {
    rmSync(join(deployment.path, 'master.key'));
    const { code, out } = await evident(['doctor', '--quick']);
    expect(code).toBe(1);
    expect(out).toMatch(/keys +fail +There is no key file[\s\S]*→ Put the file back[\s\S]*1 thing is wrong/);
  });
});

describe('a command that only shows', () => {
  const lines = [
    ['keys', 'list'],
    ['audit', 'events'],
    ['audit', 'replay'],
    ['audit', 'sign-ins'],
    ['audit', 'seals'],
    ['audit', 'verify-log'],
    ['doctor'],
  ];
  it.each(lines.map((line) => [line.join(' '), line] as const))(
    'writes nothing to a log of before, where keys and seals are still to be made: %s',
    async (_name, line) => {
      const lastPosition = async () => {
        const { log } = await deployment.open();
        return log.store.lastPosition().finally(() => log.close());
      };
      const before = await lastPosition();
      const { err } = await evident(line);
      expect(err).toBe('');
      expect(await lastPosition()).toBe(before);
    },
  );
});

describe('evident keys', () => {
  it('lists the signing keys, and brings in the next ones once', async () => {
    const first = await evident(['keys', 'rotate', '--json']);
    expect(first).toMatchObject({ code: 0, err: '' });
    const keys: { use: string; state: string; promotes: string | null }[] = JSON.parse(first.out);
    expect(keys.map(({ use, state }) => `${use} ${state}`).toSorted()).toEqual([
      'access active',
      'access published',
      'refresh active',
      'refresh published',
    ]);
    expect(keys.find(({ state }) => state === 'published')?.promotes).toMatch(/Z$/);
    const again = await evident(['keys', 'rotate', '--use', 'access', '--json']);
    expect(JSON.parse(again.out)).toEqual(keys);
    const listed = await evident(['keys', 'list', '--json']);
    expect(JSON.parse(listed.out)).toEqual(keys);
    expect((await evident(['keys', 'list'])).out).toMatch(/KID +FOR +ALG +STATE/);
  });
});
