import { join } from 'node:path';
import { type Deployment, startDeployment, until } from '@evident/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cheapHashes } from '../consistency/stage.ts';
import { checkHistory } from '../crash/check-history.ts';
import { History } from '../crash/history.ts';
import { observe } from '../crash/observed.ts';
import { attempt, type Operation, writtenPassword } from '../crash/operations.ts';
import { Writers } from '../crash/writers.ts';
import { adminToken, call } from '../e2e/http.ts';
import { verify } from '../e2e/objects.ts';
import { untilReady } from '../e2e/until-ready.ts';
import { refusedStart } from './refused-start.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

const megabytes = 64;
const mounted = mountSmallDisk(megabytes);
const reason = 'missing' in mounted ? ` (skipped: ${mounted.missing})` : '';

describe.skipIf('missing' in mounted)(`a full disk${reason}`, () => {
  const disk = mounted as SmallDisk;
  let evident: Deployment;
  let token: string;

  beforeAll(async () => {
    const env = { ...cheapHashes, RATE_LIMIT: 'off' };
    evident = await startDeployment({ shape: 'main', env, dataDir: join(disk.path, 'data') });
    token = await adminToken(evident);
  });
  afterEach(() => disk.makeRoom());
  afterAll(async () => {
    await evident?.remove();
    disk.remove();
  });

  it('refuses writes with 503 and goes on reading; nothing acknowledged is lost, and room heals it', async () => {
    const history = new History();
    const write = async (operation: Operation, key: string) => {
      const answered = history.begin(operation, key);
      const answer = await attempt(evident, token, operation, key);
      answered(answer);
      return answer;
    };
    const { body: user } = await write(aUser('before'), 'user');
    const { body: app } = await write({ kind: 'register-app', name: 'before' }, 'app');
    await write({ kind: 'assign', user: user.id, app: app.id }, 'assignment');
    const credentials = { username: 'before', password: writtenPassword };
    expect((await verify(evident, credentials, app.api_key)).body.authorized).toBe(true);
    const { body: reader } = await call(evident, '/api/sso/v1/auth/login', {
      json: { identifier: 'before', secret: writtenPassword },
    });
    const readsOwn = () => call(evident, '/api/sso/v1/me', { token: reader.access_token });
    expect((await readsOwn()).status).toBe(200);

    const writers = new Writers({ evident, token, history, inDoubt: 'repeats' });
    await history.untilAcknowledged(20);
    disk.fill(64 * 1024);
    await until(() => refusals(history) > 20 || undefined, { what: 'refusals' });
    const full = await Promise.all([
      call(evident, '/health'),
      // Not by who writes: of their last write the event may have had room and its rows none, and they get no older ones.
      readsOwn(),
      write(aUser('during'), 'during'),
      verify(evident, credentials, app.api_key),
    ]);
    expect(full.map(({ status }) => status)).toEqual([200, 200, 503, 503]);
    expect(full.slice(2).map(({ headers }) => headers.get('retry-after'))).not.toContain(null);
    const { status, body } = await call(evident, '/ready');
    expect(status).toBe(503);
    expect(body.reasons).toContain('event-log: its disk is full');
    const advice = /no space left for [^"]*events\.db: free some, then try again/;
    await until(() => advice.test(evident.output()) || undefined, { what: 'advice in the log' });

    disk.makeRoom();
    await history.untilAcknowledged(20);
    await writers.stop();
    expect((await write(aUser('during'), 'during')).status, 'the same command, once there is room').toBe(201);
    expect((await verify(evident, credentials, app.api_key)).body.authorized).toBe(true);
    await untilReady(evident);
    expect(history.inDoubt()).toEqual([]);
    expect(checkHistory(history.entries, await observe(evident, token))).toEqual([]);
  });

  it('stops a start with one message, leaves what is there as it was, and does no harm to the next start', async () => {
    await evident.stop();
    disk.fill(0);
    const env = { ...cheapHashes, PORT: '0' };
    const first = await refusedStart({ shape: 'main', env, dataDir: join(disk.path, 'another') });
    expect(first.exitCode).toBe(1);
    expect(first.message).toMatch(
      /^evident standalone did not start: [^\n]*(disk|room|space)[^\n]*\n[^\n]*[Mm]ake room[^\n]*$/,
    );
    disk.makeRoom();
    evident = await evident.restart();
    await untilReady(evident);
    expect((await call(evident, '/users/?q=during', { token })).body).toHaveLength(1);
  });
});

function aUser(username: string): Operation {
  return { kind: 'register-user', username, email: `${username}@example.com` };
}

function refusals({ entries }: History): number {
  return entries.filter(({ outcome }) => outcome.kind === 'in-doubt' && outcome.status === 503).length;
}
