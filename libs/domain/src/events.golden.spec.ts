import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventRegistry } from './registry.ts';

const folder = join(import.meta.dirname, '../golden');
const storedEvent = z.strictObject({ type: z.string(), schema: z.number(), data: z.record(z.string(), z.unknown()) });

/** One stored event of each type and schema number, with its personal members open. */
const fixtures = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return { file, text, ...storedEvent.parse(JSON.parse(text)) };
  });
const { definitions } = eventRegistry;

/** As `sha256sum` prints them: made once with each fixture. */
const sums = new Map(
  readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => [line.slice(66), line.slice(0, 64)]),
);

describe('stored events', () => {
  test.each(fixtures)('$file decodes to the newest shape', ({ file, type, schema, data }) => {
    expect(file).toBe(`${type}.v${schema}.json`);
    const decoded = eventRegistry.read(type, schema, data);
    if (eventRegistry.get(type)?.schema === schema) expect(decoded).toEqual({ data });
    else expect(decoded).toHaveProperty('data');
  });

  test('there is a fixture of each schema number of each type, and no other', () => {
    const versions = definitions.flatMap(({ type, schema }) =>
      Array.from({ length: schema }, (_, index) => `${type}.v${index + 1}.json`),
    );
    expect(fixtures.map(({ file }) => file).toSorted()).toEqual(versions.toSorted());
  });

  test('fixtures are never edited: a changed shape is a new schema number with a fixture of its own', () => {
    const actual = fixtures.map(({ file, text }) => [file, createHash('sha256').update(text).digest('hex')]);
    expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(sums));
  });
});

describe('stored names', () => {
  test.each(definitions.map(({ type }) => type))('%s is dotted and past tense', (type) => {
    expect(type).toMatch(/^[a-z]+\.(?:[a-z]+-)*(?:[a-z]+ed|left)$/);
  });
});

describe('members', () => {
  const membersOf = (shape: z.ZodType) => (shape instanceof z.ZodObject ? Object.keys(shape.shape) : []);

  test.each(definitions)('$type: what is personal or secret is a member of the shape', ({ data, personal, secret }) => {
    expect(membersOf(data)).toEqual(expect.arrayContaining([...personal, ...secret]));
    // One member may be both: sealed, and shown to nobody.
    expect([new Set(personal).size, new Set(secret).size]).toEqual([personal.length, secret.length]);
  });

  test.each(definitions)('$type: what looks like a secret is marked as one', ({ data, secret }) => {
    const telling = membersOf(data).filter((name) =>
      /hash|lookup|sealed|wrapped(?!At)|ticket|secret|account|caller|check/i.test(name),
    );
    expect(secret).toEqual(expect.arrayContaining(telling));
  });

  test.each(fixtures.filter(({ type }) => eventRegistry.get(type)?.personal.length))(
    '$file can still be read when the person is erased',
    ({ type, schema, data }) => {
      const { personal = [], schema: newest } = eventRegistry.get(type) ?? {};
      const erased = Object.fromEntries(personal.filter((name) => name in data).map((name) => [name, 'erased']));
      const read = eventRegistry.read(type, schema, { ...data, ...erased });
      expect(read).toMatchObject({ data: erased });
      if (schema === newest) expect(read).toEqual({ data: { ...data, ...erased } });
    },
  );
});
