import { execFile } from 'node:child_process';
import { createSecretKey, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkValue, generateKey } from '../../src/keys/wrapped-key.ts';
import { openEmbeddedPersonKeys } from './embedded-person-keys.ts';

const raw = generateKey();
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'person-keys-'));
  path = join(folder, 'person-keys.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const urlOf = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);

/** Runs `body` in a process of its own with `keys` open; gives what it printed as JSON. */
async function inProcess(body: string): Promise<unknown> {
  const script = `
    import { createSecretKey } from 'node:crypto';
    const { openEmbeddedPersonKeys } = await import(${urlOf('./embedded-person-keys.ts')});
    const { checkValue } = await import(${urlOf('../../src/keys/wrapped-key.ts')});
    const wrappingKey = createSecretKey(Buffer.from('${raw.toString('hex')}', 'hex'));
    const keys = openEmbeddedPersonKeys({ path: ${JSON.stringify(path)}, wrappingKey });
    ${body}
    await keys.close();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout);
}

describe('several processes on one file of person keys', () => {
  it('make the file and the same keys at the same time, and agree', async () => {
    const persons = Array.from({ length: 200 }, () => randomUUID());
    const body = `
      const persons = ${JSON.stringify(persons)};
      const made = await Promise.all(persons.map((person) => keys.obtain([person])));
      console.log(JSON.stringify(made.map((one, index) => checkValue(one.get(persons[index]).export()))));`;
    const answers = await Promise.all(Array.from({ length: 4 }, () => inProcess(body)));
    const keys = openEmbeddedPersonKeys({ path, wrappingKey: createSecretKey(raw) });
    const settled = await keys.find(persons);
    await keys.close();
    const expected = persons.map((person) => checkValue(settled.get(person)?.export() ?? Buffer.alloc(0)));
    for (const answer of answers) expect(answer).toEqual(expected);
  });

  it('honour an erasure by another process at once', async () => {
    const keys = openEmbeddedPersonKeys({ path, wrappingKey: createSecretKey(raw) });
    await keys.obtain(['gone', 'here']);
    expect(typeof keys.peek('gone')).toBe('object');
    expect(await inProcess(`console.log(JSON.stringify(await keys.erase('gone')));`)).toBe(true);
    expect([keys.peek('gone'), typeof keys.peek('here')]).toEqual(['erased', 'object']);
    expect((await keys.obtain(['gone'])).size).toBe(0);
    await keys.close();
  });
});
