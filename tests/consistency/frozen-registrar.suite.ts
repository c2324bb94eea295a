import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { EventStore, Position } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { type FrozenProcess, type StartedService, serviceProcesses, until } from '@evident/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { checkLog } from '../crash/check-log.ts';
import { observe, readLog } from '../crash/observed.ts';
import type { Answer, Body } from '../e2e/http.ts';
import { uniqueName } from '../e2e/objects.ts';
import { untilReady } from '../e2e/until-ready.ts';
import { freezeUnlocked } from './freeze-unlocked.ts';
import { openClaims } from './open-claims.ts';
import type { Stage } from './stage.ts';

const rounds = Number(process.env.FROZEN_ROUNDS ?? 1);
const registrations = 6;
const addressChanges = 6;
const tryAgainMs = 400;
const claimedWithinMs = 20_000;

/** A name and an address that a frozen registrar was giving to somebody. */
interface Wanted {
  readonly username: string;
  readonly email: string;
}

/**
 * The only registrar is frozen right after a claim; a second one serves meanwhile and gives what was claimed to
 * others; then the first wakes in the middle of what it was doing. For the split shape.
 */
export function frozenRegistrarSuite(stage: Stage, natsUrl: string): void {
  describe('a registrar that is frozen after its claim', () => {
    let frozen: FrozenProcess | undefined;
    let second: StartedService | undefined;
    afterEach(async () => {
      frozen?.wake();
      await second?.stop();
    });

    const title = `makes no second owner of a name or address when it wakes after another took it (${rounds} rounds)`;
    it(title, { timeout: 60_000 + rounds * 60_000 }, async () => {
      const path = join(stage.evident.dataDir, 'events.db');
      for (let round = 1; round <= rounds; round++) {
        const caught = await until(() => catchInTheMiddle(path), { what: 'a claim in the middle', withinMs: 40_000 });
        frozen = caught.frozen;
        second = await stage.startBeside('auth-command', natsUrl);
        const owners = await Promise.all(caught.wanted.map(ownerOf));
        frozen.wake();
        const answers = await Promise.all(caught.answers);
        await until(async () => openClaims(await readLog(path)).size === 0 || undefined, {
          what: 'an end of all claims',
        });
        await untilReady(stage.evident);

        const observed = await observe(stage.evident, stage.token);
        expect(checkLog(observed), `round ${round}`).toEqual([]);
        for (const [place, { username, email }] of caught.wanted.entries()) {
          const holders = observed.users.filter((user) => user.email === email || user.username === username);
          expect(
            holders.map(({ id }) => id),
            `who has ${email}`,
          ).toEqual([owners[place]]);
        }
        for (const [place, { status, body }] of answers.entries()) {
          if (status < 300) expect(body.id, 'who was told that it is theirs').toBe(owners[place]);
        }
        const late = answers.filter(({ status }) => status >= 300).map(({ status }) => status);
        console.log(
          `frozen with ${caught.open} open claims; when it woke, ${late.length} commands were refused: ${late}`,
        );
        await second.stop();
      }
    });
  });

  /** Freezes the registrar while it is at work; undefined, and all as before, where every claim was complete by then. */
  async function catchInTheMiddle(path: string) {
    const { evident } = stage;
    const pid = serviceProcesses(evident.process.pid).get('auth-command');
    const wanted = Array.from({ length: registrations + addressChanges }, someone);
    const changed = await Promise.all(Array.from({ length: addressChanges }, () => stage.user()));
    const store = await openEmbeddedEventStore({ path, readOnly: true });
    try {
      const before = await store.lastPosition();
      const answers = [
        ...wanted.slice(0, registrations).map((user) => register(user, 'password of the frozen 1')),
        ...changed.map(({ body }, place) => stage.change(body.id, { email: wanted[registrations + place]?.email })),
      ];
      await claims(store, before, 1 + Math.floor(Math.random() * registrations));
      const frozen = await freezeUnlocked(pid, evident.dataDir);
      const open = openClaims(await readLog(path)).size;
      if (open > 0) return { frozen, open, wanted, answers };
      frozen.wake();
      await Promise.all(answers);
      return undefined;
    } finally {
      await store.close();
    }
  }

  /** Resolves when so many claims were appended. */
  async function claims(store: EventStore, after: Position | undefined, count: number): Promise<void> {
    for (const giveUpAt = performance.now() + claimedWithinMs; ; await new Promise(setImmediate)) {
      const events = await store.readAll(after, 1_000);
      if ('outcome' in events) throw new Error('the log was replaced');
      const claimed = events.filter(({ type }) => type === 'reservation.claimed').length;
      if (claimed >= count) return;
      if (performance.now() > giveUpAt) throw new Error(`${claimed} of ${count} claims were made in time`);
    }
  }

  /**
   * Registers somebody else under this name and address until that is done, or until it is seen to belong to whom the
   * frozen one had given it before. NATS still hands half of the tries to the frozen one, so they do not wait for each
   * other; under one key they are one command, whoever carries it out, and also when the frozen one wakes.
   */
  async function ownerOf(wanted: Wanted): Promise<number> {
    const headers = { 'idempotency-key': randomUUID() };
    let owner: number | undefined;
    const attempt = async () => {
      const { status, body } = await register(wanted, 'password of another 2', headers);
      if (status === 201) owner = body.id;
      if (status !== 409) return;
      const holders: Body[] = (await stage.ask(`/users/?q=${wanted.email}`)).body;
      owner ??= holders.find?.(({ email }) => email === wanted.email)?.id;
    };
    const trying = setInterval(() => void attempt().catch(() => undefined), tryAgainMs);
    try {
      return await until(() => owner, { what: `an owner of ${wanted.email}`, withinMs: 30_000 });
    } finally {
      clearInterval(trying);
    }
  }

  function register(
    { username, email }: Wanted,
    password: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return stage.ask('/users/', { json: { username, email, password }, headers });
  }
}

function someone(): Wanted {
  const username = uniqueName();
  return { username, email: `${username}@example.com` };
}
