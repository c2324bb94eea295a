import { closeSync, copyFileSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine, thisSystem } from '../src/doctor/index.ts';
import { type DataDirectory, makeDataDirectory } from './data-directory.fixture.ts';

const rounds = Number(process.env.DOCTOR_DAMAGE_ROUNDS ?? 60);

describe('the doctor, whatever byte of whatever file is damaged', () => {
  let sound: DataDirectory;
  let dataDir: string;
  beforeAll(async () => {
    sound = await makeDataDirectory();
    dataDir = sound.copy('damaged');
  });
  afterAll(() => sound.remove());

  it('ends with a table, and each failure in it has a remedy', async () => {
    const names = ['events.db', 'person-keys.db', 'read-models.db', 'master.key', 'data.key'] as const;
    const damage = fc.record({
      name: fc.constantFrom(...names),
      place: fc.double({ min: 0, max: 0.999999, noNaN: true }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ name, place, bytes }) => {
        for (const whole of names) copyFileSync(join(sound.path, whole), join(dataDir, whole));
        const path = join(dataDir, name);
        const { length } = readFileSync(path);
        const file = openSync(path, 'r+');
        writeSync(file, bytes, 0, bytes.length, Math.floor(place * length));
        closeSync(file);
        const findings = await examine({
          ...{ env: { PORT: '0', DATA_DIR: dataDir }, system: thisSystem, now: Date.now },
          ...{ quick: false, report: () => undefined },
        });
        for (const side of ['-wal', '-shm'])
          for (const store of names) rmSync(join(dataDir, store + side), { force: true });
        for (const { status, message, remedy } of findings) {
          expect(message).not.toBe('');
          if (status === 'fail') expect(remedy, message).toMatch(/\S/);
          expect(remedy ?? '').not.toContain('report it as a bug');
        }
        if (
          name.endsWith('.key') &&
          readFileSync(path, 'latin1').trim() !== readFileSync(join(sound.path, name), 'latin1').trim()
        )
          expect(findings.some(({ status }) => status === 'fail')).toBe(true);
      }),
      { numRuns: rounds },
    );
  });
});
