import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type EventStore, eventDigest, type NewEvent } from '@evident/event-store';
import { checkEmbeddedLog, openEmbeddedEventStore } from '@evident/event-store/embedded';
import { openTemporaryLog, PeopleOnLog } from '@evident/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bin } from '../cli/evident.ts';

const rounds = Number(process.env.MIGRATION_ROUNDS ?? 2);
const wanted = Number(process.env.MIGRATED_EVENTS ?? 6_000);
/** About as long as it goes on after it began to copy. */
const latestMs = wanted / 24;

let folder: string;
let source: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-killed-migration-'));
  source = join(folder, 'source');
  const { log, close } = await openTemporaryLog({ dataDir: source });
  const people = new PeopleOnLog(log);
  for (let number = 0; number < 3; number++) await people.addUser();
  await fill(log.store);
  await close();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Streams of many lengths, in an order that goes from one to another. */
async function fill(store: EventStore): Promise<void> {
  const streams = Array.from({ length: 500 }, () => `session-main.${randomUUID()}`);
  for (let first = 0; first < wanted; first += 2_000) {
    const count = Math.min(2_000, wanted - first);
    await Promise.all(
      Array.from({ length: count }, (_, at) =>
        store.append(streams[(first + at * at) % streams.length] ?? '', [anEvent(first + at)], 'any'),
      ),
    );
  }
}

function anEvent(number: number): NewEvent {
  const commandId = randomUUID();
  const metadata = { tenant: 'main', actor: 'system', commandId, correlationId: commandId, occurredAt: number };
  return {
    ...{ id: randomUUID(), type: 'session.refreshed', schema: 1, metadata },
    data: { number, text: 'x'.repeat(number % 200) },
  };
}

async function digestsOf(path: string) {
  const store = await openEmbeddedEventStore({ path, readOnly: true });
  const digests: string[] = [];
  const origins: (string | undefined)[] = [];
  const positions: string[] = [];
  for (let after = undefined as Parameters<EventStore['readAll']>[0]; ; ) {
    const page = await store.readAll(after, 2_000);
    if ('outcome' in page) throw new Error('another log');
    for (const event of page) {
      digests.push(eventDigest(event));
      origins.push(event.origin);
      positions.push(event.position);
    }
    after = page.at(-1)?.position;
    if (page.length < 2_000) break;
  }
  await store.close();
  return { digests, origins, positions };
}

/** Runs the command, and kills it at a random moment once it copies; true where it had not ended by then. */
async function killedRun(line: readonly string[], copy: string): Promise<boolean> {
  const child = spawn(process.execPath, [bin, ...line], {
    env: { PATH: process.env.PATH, PORT: '0' },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const before = sizeOf(copy);
  while (child.exitCode === null && sizeOf(copy) === before) await wait(5);
  await wait(Math.random() * latestMs);
  const inTime = child.exitCode === null;
  child.kill('SIGKILL');
  await ended;
  return inTime;
}

function sizeOf(copy: string): number {
  return [copy, `${copy}-wal`].reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

async function run(
  line: readonly string[],
): Promise<{ readonly code: number; readonly answer: Record<string, unknown> }> {
  const child = spawn(process.execPath, [bin, ...line], { env: { PATH: process.env.PATH, PORT: '0' } });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code, answer: JSON.parse(out) };
}

it(`a migration of ${wanted} events that is killed at any moment and run again skips nothing and doubles nothing (${rounds} rounds)`, async () => {
  const before = await digestsOf(join(source, 'events.db'));
  for (let round = 0; round < rounds; round++) {
    const target = join(folder, `target-${round}`, 'events.db');
    const line = ['migrate', '--from', `sqlite:${join(source, 'events.db')}`, '--to', `sqlite:${target}`, '--json'];
    const kills = 1 + (round % 3);
    for (let kill = 0; kill < kills; ) {
      if (await killedRun(line, `${target}.copy`)) kill++;
      // A server finds either no log or the whole one, and of that there is nothing left to kill.
      if (!existsSync(target)) continue;
      expect((await digestsOf(target)).digests.length).toBe(before.digests.length);
      if (kill < kills) rmSync(dirname(target), { recursive: true });
    }
    const { code, answer } = await run(line);
    expect({ code, events: answer.events }).toEqual({ code: 0, events: before.digests.length });
    const after = await digestsOf(target);
    expect(after.digests).toEqual(before.digests);
    expect(after.origins).toEqual(before.positions);
    expect(after.positions).toEqual(after.positions.toSorted());
    expect((await checkEmbeddedLog(target)).problems).toEqual([]);
    rmSync(dirname(target), { recursive: true });
  }
}, 600_000);
