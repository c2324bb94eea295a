import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSecretKey, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';
import { checkValue, generateKey } from '../src/keys/wrapped-key.ts';
import type { PersonKeys } from '../src/person-keys.port.ts';

const keeper = fileURLToPath(new URL('./crash-keeper.ts', import.meta.url));

/** A module that opens person keys by a place, as the killed process and the judge both do. */
export interface PersonKeysOpener {
  /** URL of the module. */
  readonly module: string;
  /** Name of its function, which takes `{ path, wrappingKey }` and gives the keys. */
  readonly open: string;
}

export interface KilledKeeper {
  readonly opener: PersonKeysOpener;
  readonly rounds: number;
  /** Made keys and erasures after which it is killed at the latest. */
  readonly atMost: number;
  /** What else ends without a warning and is started again before anybody looks. */
  readonly alsoKilled?: () => Promise<void>;
}

/** Kills a process that makes and erases keys, at any moment, and holds what is there against what it had been told. */
export function killedKeeperContract(name: string, { opener, rounds, atMost, alsoKilled }: KilledKeeper): void {
  const title = `person keys on ${name} keep every acknowledged key and erasure after kill -9`;
  it(`${title} (${rounds} rounds)`, { timeout: 20_000 + rounds * 20_000 }, async () => {
    const open = await openerOf(opener);
    const raw = generateKey();
    const folder = mkdtempSync(join(tmpdir(), 'person-keys-'));
    const path = join(folder, 'person-keys.db');
    const made = new Map<string, string>();
    const erased = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      const args = [opener.module, opener.open, path, raw.toString('hex'), String(round)];
      for (const [what, person, check] of await killedAfter(1 + Math.floor(Math.random() * atMost), args)) {
        if (what === 'made') made.set(person, check);
        else erased.add(person);
      }
      await alsoKilled?.();
      const keys = await open({ path, wrappingKey: createSecretKey(raw) });
      await judge(keys, made, erased);
      await keys.close();
    }
    rmSync(folder, { recursive: true });
  });
}

type Open = (place: { readonly path: string; readonly wrappingKey: KeyObject }) => PersonKeys | Promise<PersonKeys>;

/** The function itself. */
export async function openerOf({ module, open }: PersonKeysOpener): Promise<Open> {
  const { [open]: found } = (await import(module)) as Record<string, Open>;
  if (found === undefined) throw new Error(`${module} has no ${open}`);
  return found;
}

type Acknowledged = readonly [what: string, person: string, check: string];

/** What the process said before it was killed: after so many lines, or some more. */
async function killedAfter(lines: number, args: readonly string[]): Promise<readonly Acknowledged[]> {
  const child = spawn(process.execPath, ['--conditions=@evident/source', keeper, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line before the end may be cut; what was not printed whole was not acknowledged to anyone.
    const [, what, person, check] = /^(made|erased) (\S+) (-|[\w-]{22})$/.exec(line) ?? [];
    if (what !== undefined && person !== undefined && check !== undefined) acknowledged.push([what, person, check]);
    if (acknowledged.length === lines) child.kill('SIGKILL');
  }
  assert.deepEqual(await closed, [null, 'SIGKILL']);
  return acknowledged;
}

async function judge(keys: PersonKeys, made: ReadonlyMap<string, string>, erased: ReadonlySet<string>): Promise<void> {
  const found = await keys.find([...made.keys()]);
  const gone = new Set<string>();
  for await (const person of keys.erasedPersons()) gone.add(person);
  for (const person of erased) assert.deepEqual([found.has(person), gone.has(person)], [false, true], person);
  for (const [person, check] of made) {
    const key = found.get(person);
    // An erasure may be committed though the process died before it could say so.
    if (key === undefined) assert.ok(gone.has(person), person);
    else assert.equal(checkValue(key.export()), check, person);
  }
}
