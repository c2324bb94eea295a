import { spawn } from 'node:child_process';
import { createSecretKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { checkValue, generateKey } from '../../src/keys/wrapped-key.ts';
import { openEmbeddedPersonKeys } from './embedded-person-keys.ts';

const rounds = Number(process.env.CRASH_ROUNDS ?? 3);
const raw = generateKey();
const folder = mkdtempSync(join(tmpdir(), 'person-keys-'));
const path = join(folder, 'person-keys.db');
afterAll(() => rmSync(folder, { recursive: true }));

const urlOf = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);

/** Makes keys and erases some, eight callers at once, and prints each thing once it was acknowledged. */
const scriptOf = (round: number) => `
  import { createSecretKey, randomUUID } from 'node:crypto';
  const { openEmbeddedPersonKeys } = await import(${urlOf('./embedded-person-keys.ts')});
  const { checkValue } = await import(${urlOf('../../src/keys/wrapped-key.ts')});
  const wrappingKey = createSecretKey(Buffer.from('${raw.toString('hex')}', 'hex'));
  const keys = openEmbeddedPersonKeys({ path: ${JSON.stringify(path)}, wrappingKey });
  const caller = async (name) => {
    for (let count = 0; ; count += 1) {
      const person = '${round}-' + name + '-' + count;
      const key = (await keys.obtain([person])).get(person);
      process.stdout.write('made ' + person + ' ' + checkValue(key.export()) + '\\n');
      if (count % 3 === 0) {
        await keys.erase(person);
        process.stdout.write('erased ' + person + ' -\\n');
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, name) => caller(name)));`;

async function killedAfter(lines: number, round: number): Promise<string[][]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', scriptOf(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const acknowledged: string[][] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line before the end may be cut; what was not printed whole was not acknowledged to anyone.
    if (/^(made|erased) \S+ (-|[\w-]{22})$/.test(line)) acknowledged.push(line.split(' '));
    if (acknowledged.length === lines) child.kill('SIGKILL');
  }
  await closed;
  return acknowledged;
}

describe('person keys after kill -9', () => {
  it(`keep every acknowledged key and erasure, ${rounds} rounds`, { timeout: 20_000 * rounds }, async () => {
    const made = new Map<string, string>();
    const erased = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      const acknowledged = await killedAfter(1 + Math.floor(Math.random() * 400), round);
      expect(acknowledged.length).toBeGreaterThan(0);
      for (const [what, person = '', check = ''] of acknowledged) {
        if (what === 'made') made.set(person, check);
        else erased.add(person);
      }
      const keys = openEmbeddedPersonKeys({ path, wrappingKey: createSecretKey(raw) });
      const found = await keys.find([...made.keys()]);
      const gone = new Set<string>();
      for await (const person of keys.erasedPersons()) gone.add(person);
      await keys.close();
      for (const person of erased) expect([found.has(person), gone.has(person)], person).toEqual([false, true]);
      for (const [person, check] of made) {
        const key = found.get(person);
        // An erasure may be committed though the process died before it could say so.
        if (key === undefined) expect(gone.has(person), person).toBe(true);
        else expect(checkValue(key.export()), person).toBe(check);
      }
    }
  });
});
