import { streams } from '@evident/domain';
import { manualClock, openTemporaryLog, requestContext, silentLogger } from '@evident/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type AuthCommand, createAuthCommand, ensureAdministrator } from '../src/index.ts';
import { codeOf, goodPassword, type Temporary, valueIn } from './fixture.ts';
import { createGatedHasher } from './gated-hasher.ts';
import { createRowsDouble } from './rows-double.ts';
import { type AppendHooks, watchAppends } from './watched-log.ts';

interface Opened {
  readonly temporary: Temporary;
  readonly service: AuthCommand;
  readonly hooks: AppendHooks;
}

const opened: Opened[] = [];
const now = manualClock();

async function open(env: Record<string, string> = {}, dataDir?: string): Promise<Opened> {
  const more = dataDir === undefined ? {} : { dataDir };
  const temporary = await openTemporaryLog({ now, env, ...more });
  const hooks: AppendHooks = {};
  const log = watchAppends(temporary.log, hooks);
  const deps = { ...temporary, log, client: createRowsDouble(temporary.log), logger: silentLogger };
  const service = await createAuthCommand({ ...deps, hasher: createGatedHasher() });
  const one = { temporary, service, hooks };
  opened.push(one);
  return one;
}
afterEach(async () => {
  for (const { service, temporary } of opened.splice(0).toReversed()) {
    await service.close();
    await temporary.remove();
  }
});

const ensure = ({ service, temporary }: Opened) => ensureAdministrator(service, temporary.config);
const activeOf = async ({ temporary }: Opened) => {
  const { state } = await temporary.log.states.roster.load(streams.roster('main'));
  return [...state.administrators].filter(([, standing]) => standing === 'active').map(([userId]) => userId);
};
const token = ({ service }: Opened, username: string, password: string) =>
  service.authenticate({ username, password, purpose: 'token' }, requestContext());

describe('a first start', () => {
  it('makes the administrator that is configured', async () => {
    const one = await open({ ADMIN_USERNAME: 'root', ADMIN_EMAIL: 'root@example.com', ADMIN_PASSWORD: goodPassword });
    expect(await ensure(one)).toEqual({ username: 'root' });
    expect(codeOf(await token(one, 'root', goodPassword))).toBe('ok');
  });

  it('makes one with a generated password where none is configured, and tells it once', async () => {
    const one = await open();
    const made = await ensure(one);
    expect(made).toEqual({ username: 'admin', password: expect.stringMatching(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/) });
    expect(codeOf(await token(one, 'admin', made?.password ?? ''))).toBe('ok');
    expect(await ensure(one)).toBeUndefined();
    expect(await activeOf(one)).toHaveLength(1);
  });

  it.each([
    ['ADMIN_PASSWORD', 'password1'],
    ['ADMIN_USERNAME', 'a\tb'],
    ['ADMIN_EMAIL', 'root@\u200bexample.com'],
  ])('with a %s that cannot be used is refused by name', async (variable, value) => {
    const one = await open({ [variable]: value });
    await expect(ensure(one)).rejects.toMatchObject({
      name: 'StartupProblem',
      message: expect.stringContaining(variable),
    });
    expect(await activeOf(one)).toEqual([]);
  });

  it('of two processes at once makes one, with one password', async () => {
    const one = await open();
    const two = await open({}, one.temporary.config.dataDir);
    const [first, second] = await Promise.all([ensure(one), ensure(two)]);
    expect(await activeOf(one)).toHaveLength(1);
    const told = [first, second].filter((made) => made !== undefined);
    expect(new Set(told.map(({ password }) => password)).size).toBe(1);
  });

  it.each([1, 2, 3, 4, 5])('that ended at its append %i goes on at the next, with the same password', async (step) => {
    const one = await open();
    let appends = 0;
    one.hooks.before = () => {
      appends += 1;
      if (appends >= step) throw new Error('the process ended');
    };
    await expect(ensure(one)).rejects.toThrow('the process ended');
    const again = await open({}, one.temporary.config.dataDir);
    const made = await ensure(again);
    expect(await activeOf(again)).toHaveLength(1);
    expect(codeOf(await token(again, 'admin', made?.password ?? ''))).toBe('ok');
  });

  it('announces a generated password before the administrator counts as made', async () => {
    const one = await open();
    const { service, temporary } = one;
    const told: unknown[] = [];
    const announce = async (made: unknown) => {
      told.push(made, await activeOf(one));
    };
    const made = await ensureAdministrator(service, temporary.config, announce);
    expect(told).toEqual([made, []]);
  });
});

describe('a later start', () => {
  it('ignores ADMIN_PASSWORD', async () => {
    const one = await open();
    const made = await ensure(one);
    const again = await open({ ADMIN_PASSWORD: 'another good one' }, one.temporary.config.dataDir);
    expect(await ensure(again)).toBeUndefined();
    expect(codeOf(await token(again, 'admin', 'another good one'))).toBe('signin.refused');
    expect(codeOf(await token(again, 'admin', made?.password ?? ''))).toBe('ok');
  });
});

describe('the operator', () => {
  it('makes another administrator, with a generated password or a given one', async () => {
    const one = await open();
    const { administrators } = one.service;
    const generated = valueIn(await administrators.create({ username: 'eve', email: 'eve@example.com' }));
    expect(codeOf(await token(one, 'eve', generated.password ?? ''))).toBe('ok');
    const given = { username: 'ann', email: 'ann@example.com', password: goodPassword };
    expect(valueIn(await administrators.create(given)).password).toBeUndefined();
    expect(codeOf(await administrators.create(given))).toBe('user.username-taken');
    expect(await activeOf(one)).toHaveLength(2);
  });

  it('sets a new password by name or address; the old one is wrong then', async () => {
    const one = await open();
    const made = await ensure(one);
    const reset = valueIn(await one.service.administrators.resetPassword('ADMIN@localhost'));
    expect(codeOf(await token(one, 'admin', made?.password ?? ''))).toBe('signin.refused');
    expect(codeOf(await token(one, 'admin', reset.password ?? ''))).toBe('ok');
    expect(valueIn(await one.service.administrators.resetPassword('admin', goodPassword)).password).toBeUndefined();
    expect(codeOf(await one.service.administrators.resetPassword('nobody'))).toBe('user.unknown');
    expect(codeOf(await one.service.administrators.resetPassword('admin', 'short'))).toBe('user.password-unacceptable');
  });
});
