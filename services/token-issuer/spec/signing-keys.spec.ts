import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createTokenVerifier, type Jwk } from '@evident/crypto/verify';
import { activeKey, type SigningKeyEvent, streams } from '@evident/domain';
import { EventStoreFault } from '@evident/event-store';
import { openKeyring } from '@evident/log';
import type { Clock } from '@evident/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TokenIssuer } from '../src/index.ts';
import { publishedForMs } from '../src/keys/key-times.ts';
import { issuerKeyring, PrivateKeyBox } from '../src/keys/private-key-box.ts';
import { SigningKeys } from '../src/keys/signing-keys.ts';
import { SigningUnavailable } from '../src/keys/signing-unavailable.ts';
import { headerOf, IssuerOnLog, kidOf } from './issuer.fixture.ts';

const rounds = Number(process.env.ROTATION_ROUNDS ?? 3);
const accessLifeMs = 3_660_000;

let on: IssuerOnLog;
beforeEach(async () => {
  on = await new IssuerOnLog().open();
});
afterEach(() => on.remove());

const jwksOf = async (issuer: TokenIssuer = on.issuer) => {
  const reply = await issuer.getJwks();
  if (!reply.ok) throw new Error(reply.error.code);
  return reply.value.keys;
};
const kidsOf = async (issuer?: TokenIssuer) => (await jwksOf(issuer)).map(({ kid }) => kid);

/** An administrator's token, always fresh. */
async function administrator(): Promise<string> {
  await on.onUser({ type: 'user.admin-granted', data: {} });
  return (await on.session()).accessToken;
}

async function rotate(issuer = on.issuer) {
  const credential = await administrator();
  const reply = await issuer.rotateSigningKeys({ uses: ['access'] }, on.context({ credential }));
  if (!reply.ok) throw new Error(reply.error.code);
  return reply.value.keys;
}

type Load = IssuerOnLog['temporary']['log']['states']['signingKeys']['load'];

/** The keys as one more issuer of the log has them, which may read them in a way of its own, and by another clock. */
async function keysOfAnother({ load, now = on.clock }: { load?: Load; now?: Clock } = {}) {
  const { log, config, masterKey } = on.temporary;
  const keyring = await openKeyring(log, { ...issuerKeyring, wrappingKey: masterKey, now: on.clock });
  const box = new PrivateKeyBox(keyring, streams.signingKeys('main'));
  const { signingKeys } = log.states;
  const read = Object.assign(Object.create(signingKeys), { load: load ?? signingKeys.load.bind(signingKeys) });
  const states = { ...log.states, signingKeys: read };
  return new SigningKeys({ log: { ...log, states }, box, tokens: config.tokens, now });
}

describe('the first keys', () => {
  it('are the same for issuers that start at once on one new log', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => on.temporary.reopen()));
    const issuers = await Promise.all(others.map((other) => on.another(other)));
    const kids = await Promise.all([on.issuer, ...issuers].map(kidsOf));
    // One for access tokens, one for refresh tokens.
    expect(new Set(kids.flat()).size).toBe(2);
    await Promise.all(others.map((other) => other.close()));
  });

  it('that an issuer with a clock ahead made and had no time to let sign are let sign by the next', async () => {
    await on.remove();
    on = await new IssuerOnLog().openEmpty();
    const { store } = on.temporary.log;
    const append = store.append.bind(store);
    store.append = (stream, events, expected) =>
      events.some(({ type }) => type === 'signingkey.promoted')
        ? Promise.reject(new EventStoreFault('unavailable', 'it was killed'))
        : append(stream, events, expected);
    const killed = await keysOfAnother({ now: () => on.clock() + 60_000 });
    await expect(killed.ensure()).rejects.toThrow('it was killed');
    store.append = append;
    const next = await keysOfAnother();
    await next.ensure();
    expect(await next.published('access')).toEqual([await next.active('access')]);
    await next.signer('refresh');
  });

  it('survive a restart, and their private parts are nowhere in the clear', async () => {
    const before = await jwksOf();
    const stored = await on.temporary.log.store.readStream(streams.signingKeys('main'));
    expect(JSON.stringify(stored)).not.toMatch(/"d":/);
    await on.restart();
    expect(await jwksOf()).toEqual(before);
    expect(before.every((key) => !('d' in key))).toBe(true);
  });
});

describe('a rotation', () => {
  it('is for whoever may operate the service', async () => {
    const { accessToken } = await on.session();
    for (const context of [on.context(), on.context({ credential: accessToken })]) {
      const code = context.credential === undefined ? 'caller.not-authenticated' : 'caller.not-permitted';
      expect(await on.issuer.rotateSigningKeys({}, context)).toMatchObject({ ok: false, error: { code } });
      expect(await on.issuer.listSigningKeys({}, context)).toMatchObject({ ok: false, error: { code } });
    }
  });

  it('publishes the next key of each use once, however often it is asked for', async () => {
    const credential = await administrator();
    await on.issuer.rotateSigningKeys({}, on.context({ credential }));
    await Promise.all(Array.from({ length: 5 }, () => on.issuer.rotateSigningKeys({}, on.context({ credential }))));
    const reply = await on.issuer.listSigningKeys({}, on.context({ credential }));
    const keys = reply.ok ? reply.value.keys : [];
    expect(keys.map(({ use, state }) => `${use} ${state}`).toSorted()).toEqual([
      'access active',
      'access published',
      'refresh active',
      'refresh published',
    ]);
    expect(await kidsOf()).toHaveLength(4);
    const events = await on.temporary.log.store.readStream(streams.signingKeys('main'));
    expect(events.at(-1)?.metadata.actor).toBe(`user:${on.userId}`);
  });

  describe('under an Idempotency-Key', () => {
    const order = async (uses: ('access' | 'refresh')[] | undefined, idempotencyKey: string) =>
      on.issuer.rotateSigningKeys(
        uses === undefined ? {} : { uses },
        on.context({ credential: await administrator(), idempotencyKey }),
      );
    const created = async () => {
      const events = await on.temporary.log.store.readStream(streams.signingKeys('main'));
      return events.filter(({ type }) => type === 'signingkey.created').length;
    };

    it('answers a repeat as the first time and makes no further key, also when those of then sign by now', async () => {
      await order(['refresh'], 'an earlier one');
      const first = await order(undefined, 'one');
      expect(first).toMatchObject({ ok: true });
      const made = await created();
      await on.restart();
      on.clock.advance(publishedForMs);
      await on.issuer.advanceSigningKeys();
      expect(await order(undefined, 'one')).toEqual(first);
      expect(await created()).toBe(made);
      expect(await order(undefined, 'another')).toMatchObject({ ok: true });
      expect(await created()).toBe(made + 2);
    });

    it('refuses another body, and makes no key for it', async () => {
      await order(['access'], 'one');
      const made = await created();
      for (const uses of [['refresh'] as const, undefined]) {
        const reply = await order(uses && [...uses], 'one');
        expect(reply).toMatchObject({ ok: false, error: { code: 'request.idempotency-mismatch' } });
      }
      expect(await created()).toBe(made);
    });

    it('is a command of one’s own for each caller', async () => {
      await order(['access'], 'one');
      const other = randomUUID();
      await on.registerUser(other);
      await on.onUser({ type: 'user.admin-granted', data: {} }, other);
      const credential = (await on.session({}, { userId: other })).accessToken;
      const reply = await on.issuer.rotateSigningKeys({}, on.context({ credential, idempotencyKey: 'one' }));
      expect(reply).toMatchObject({ ok: true });
    });
  });

  it('lets a key sign once it was published for longer than any client remembers, and go once its last token is over', async () => {
    const [first, next] = (await rotate()).filter(({ use }) => use === 'access');
    const signing = async () => kidOf((await on.session()).accessToken);
    const step = async (milliseconds: number) => {
      on.clock.advance(milliseconds);
      await on.issuer.advanceSigningKeys();
    };
    expect(next).toMatchObject({ state: 'published', promotesAt: on.clock() + publishedForMs });
    await step(publishedForMs - 1);
    expect(await signing()).toBe(first?.kid);
    await step(1);
    expect(await signing()).toBe(next?.kid);
    await step(accessLifeMs - 1);
    expect(await kidsOf()).toContain(first?.kid);
    await step(1);
    expect(await kidsOf()).not.toContain(first?.kid);
    expect(await kidsOf()).toContain(next?.kid);
  });

  it('is followed by an issuer whose clock has gone back since it last signed', async () => {
    await rotate();
    const before = kidOf((await on.session()).accessToken);
    on.clock.advance(publishedForMs + 3_600_000);
    await on.session();
    on.clock.advance(-3_600_000);
    await on.issuer.advanceSigningKeys();
    expect(kidOf((await on.session()).accessToken)).not.toBe(before);
  });

  it('waits for tokens that were made to live longer', async () => {
    const longer = await on.another(on.temporary, { accessTtlSeconds: 86_400 });
    const [first] = (await rotate(longer)).filter(({ use }) => use === 'access');
    // Started again with a shorter life, the tokens that were made before still live.
    await on.restart();
    on.clock.advance(publishedForMs);
    await on.issuer.advanceSigningKeys();
    on.clock.advance(86_400_000 + 59_999);
    await on.issuer.advanceSigningKeys();
    expect(await kidsOf()).toContain(first?.kid);
    on.clock.advance(1);
    await on.issuer.advanceSigningKeys();
    expect(await kidsOf()).not.toContain(first?.kid);
  });

  it(`under load refuses no token and signs with no unknown key, across restarts and two issuers, ${rounds} times`, async () => {
    const other = await on.temporary.reopen();
    const issuers = () => [on.issuer, second];
    let second = await on.another(other);
    const { publicUrl } = on.temporary.config;
    /** A client that remembers the key set as long as it may, an hour, from a gateway that remembers it so long too. */
    const client = { keys: [] as readonly Jwk[], fetchedAt: Number.NEGATIVE_INFINITY };
    const verifier = createTokenVerifier({
      issuer: publicUrl,
      clockToleranceSeconds: 5,
      keys: () => client.keys,
      now: on.clock,
    });
    const living: { readonly token: string; readonly until: number }[] = [];
    const problems: string[] = [];
    const kids = new Set<string>();
    const stepMs = 1_200_000;
    for (let step = 0; step < rounds * 12; step++) {
      if (step % 12 === 0) await rotate(issuers()[step % 2]);
      if (step % 5 === 4) second = await on.another(other);
      await Promise.all(issuers().map((issuer) => issuer.advanceSigningKeys()));
      if (on.clock() - client.fetchedAt >= 3_600_000) {
        Object.assign(client, { keys: await jwksOf(issuers()[step % 2]), fetchedAt: on.clock() });
      }
      const active = await Promise.all(issuers().map(async (issuer) => kidOf((await sessionAt(issuer)).accessToken)));
      if (active[0] !== active[1]) problems.push(`${active.join(' and ')} sign at once`);
      const { accessToken, expiresIn } = await sessionAt(issuers()[step % 2] ?? on.issuer);
      kids.add(kidOf(accessToken));
      living.push({ token: accessToken, until: on.clock() + expiresIn * 1000 });
      for (const { token, until } of living) {
        if (until <= on.clock()) continue;
        const { outcome } = await verifier.verify(token);
        if (outcome !== 'valid') problems.push(`${outcome}: ${kidOf(token)}`);
      }
      on.clock.advance(stepMs);
    }
    expect(problems).toEqual([]);
    expect(kids.size).toBeGreaterThanOrEqual(rounds);
    await other.close();
  });

  async function sessionAt(issuer: TokenIssuer) {
    const evidence = await on.signIn();
    const reply = await issuer.openSession({ evidence, purpose: 'session' }, on.context());
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.value;
  }
});

describe('the algorithm that is configured', () => {
  /** What a client with the published keys makes of a token, and by which algorithm it is signed. */
  const judged = async (token: string | null) => {
    const keys = (await jwksOf()) as unknown as readonly Jwk[];
    const options = { issuer: on.temporary.config.publicUrl, clockToleranceSeconds: 5, now: on.clock };
    const { outcome } = await createTokenVerifier({ ...options, keys: () => keys }).verify(token ?? '');
    return [outcome, headerOf(token).alg];
  };

  it.each(['ES256', 'RS256', 'EdDSA'] as const)('signs both tokens of a session: %s', async (algorithm) => {
    await on.remove();
    on = await new IssuerOnLog({ algorithm }).open();
    const { accessToken, refreshToken } = await on.session();
    expect([await judged(accessToken), await judged(refreshToken)]).toEqual(Array(2).fill(['valid', algorithm]));
    expect((await on.issuer.verifyToken({ token: accessToken }, on.context())).ok).toBe(true);
    expect((await on.issuer.refreshSession({ refreshToken: refreshToken ?? '' }, on.context())).ok).toBe(true);
  });

  it('where it is another one than before, signs from the next key on, beside tokens of the one before', async () => {
    const before = (await on.session()).accessToken;
    await rotate(await on.another(on.temporary, { algorithm: 'RS256' }));
    on.clock.advance(publishedForMs - 1);
    const last = (await on.session()).accessToken;
    on.clock.advance(1);
    await on.issuer.advanceSigningKeys();
    const next = (await on.session()).accessToken;
    expect([headerOf(before).alg, await judged(last), await judged(next)]).toEqual([
      'ES256',
      ['valid', 'ES256'],
      ['valid', 'RS256'],
    ]);
  });
});

describe('an issuer that is cut off from the log', () => {
  it('stops signing when it has not confirmed the keys for five seconds, and goes on when it can', async () => {
    const { log, config } = on.temporary;
    let away = false;
    const load: Load = async (stream) => {
      if (away) throw new EventStoreFault('unavailable', 'cut off');
      return log.states.signingKeys.load(stream);
    };
    const keys = await keysOfAnother({ load });
    const sign = async () => (await keys.signer('access')).sign({ iss: config.publicUrl });
    await sign();
    away = true;
    on.clock.advance(5_000);
    await sign();
    on.clock.advance(1);
    await expect(sign()).rejects.toThrow(SigningUnavailable);
    away = false;
    await sign();
  });

  it('stops at once where its clock has gone back, which does not tell how long ago it confirmed them', async () => {
    const reads = on.temporary.log.states.signingKeys;
    await kidsOf();
    on.clock.advance(-5_001);
    const [evidence, context] = [await on.signIn(), on.context()];
    reads.load = () => Promise.reject(new EventStoreFault('unavailable', 'cut off'));
    const reply = await on.issuer.openSession({ evidence, purpose: 'session' }, context);
    expect(reply).toMatchObject({ ok: false, error: { code: 'signing.unavailable' } });
  });

  it('does not sign with what it asked for more than five seconds ago', async () => {
    const { log } = on.temporary;
    const load: Load = async (stream) => {
      const answer = await log.states.signingKeys.load(stream);
      on.clock.advance(5_001);
      return answer;
    };
    await expect((await keysOfAnother({ load })).signer('access')).rejects.toThrow(SigningUnavailable);
  });

  it('signs with the newest key that it has seen, also where an older answer came after it', async () => {
    const { log } = on.temporary;
    const early = Promise.withResolvers<void>();
    const answers: Load[] = [
      async (stream) => {
        const answer = await log.states.signingKeys.load(stream);
        await early.promise;
        return answer;
      },
      (stream) => log.states.signingKeys.load(stream),
    ];
    const load: Load = (stream) =>
      answers.shift()?.(stream) ?? Promise.reject(new EventStoreFault('unavailable', 'cut off'));
    const keys = await keysOfAnother({ load });
    const before = keys.state();
    await rotate();
    on.clock.advance(publishedForMs);
    await on.issuer.advanceSigningKeys();
    const { kid } = await keys.active('access');
    early.resolve();
    expect(activeKey(await before, 'access')?.kid).not.toBe(kid);
    expect((await keys.active('access')).kid).toBe(kid);
  });

  it('does not sign either where the log answers that it is damaged', async () => {
    const { log } = on.temporary;
    const answers: Load[] = [(stream) => log.states.signingKeys.load(stream)];
    const load: Load = (stream) =>
      answers.shift()?.(stream) ?? Promise.reject(new EventStoreFault('damaged', 'broken'));
    const keys = await keysOfAnother({ load });
    await keys.signer('access');
    await expect(keys.signer('access')).rejects.toMatchObject({ code: 'damaged' });
  });

  it('says so to whoever asks, and loses no session by it', async () => {
    const evidence = await on.signIn();
    const context = on.context();
    const reads = on.temporary.log.states.signingKeys;
    const original = reads.load.bind(reads);
    reads.load = () => Promise.reject(new EventStoreFault('unavailable', 'cut off'));
    on.clock.advance(5_001);
    const reply = await on.issuer.openSession({ evidence, purpose: 'session' }, context);
    expect(reply).toMatchObject({ ok: false, error: { code: 'signing.unavailable' } });
    reads.load = original;
    expect(await on.issuer.openSession({ evidence, purpose: 'session' }, context)).toMatchObject({ ok: true });
  });
});

it('keeps no private key in memory that does not sign any more, also where nobody asks for a token', async () => {
  const keys = await keysOfAnother();
  const replaced = new WeakRef(await keys.signer('access'));
  const signing = new WeakRef(await keys.signer('refresh'));
  await rotate();
  on.clock.advance(publishedForMs);
  await keys.advance();
  // The look after the one that let the next key sign.
  await keys.advance();
  await collectGarbage();
  expect(signing.deref()).toBeDefined();
  expect(replaced.deref()).toBeUndefined();
});

it('every step of a key is an event, each of them once', async () => {
  await rotate();
  on.clock.advance(publishedForMs);
  const other = await on.temporary.reopen();
  const issuers = [on.issuer, await on.another(other)];
  await Promise.all(issuers.map((issuer) => issuer.advanceSigningKeys()));
  on.clock.advance(accessLifeMs);
  await Promise.all(issuers.map((issuer) => issuer.advanceSigningKeys()));
  const events = await on.temporary.log.store.readStream(streams.signingKeys('main'));
  const counted = new Map<SigningKeyEvent['type'], number>();
  for (const { type } of events) {
    const name = type as SigningKeyEvent['type'];
    counted.set(name, (counted.get(name) ?? 0) + 1);
  }
  expect(Object.fromEntries(counted)).toEqual({
    'signingkey.created': 3,
    'signingkey.promoted': 3,
    'signingkey.retired': 1,
  });
  await other.close();
});

/** Collects what nobody holds any more, at once. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) {
    await nextTurn();
    collect();
  }
}
