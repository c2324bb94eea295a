import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { canonicalEvent, digestOf, type NewEvent } from '@evident/event-store';
import { isSigned, rootOf } from '@evident/evidence';
import { type Deployment, startDeployment, until } from '@evident/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evident } from '../cli/evident.ts';
import { adminToken, call } from '../e2e/http.ts';

let folder: string;
let original: string;
let seals: string;
let data: string;
let proof: { digest: string; proof: []; seal: Parameters<typeof isSigned>[1] };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-tampered-'));
  original = join(folder, 'original');
  const server = await startDeployment({ shape: 'main', env: { SEAL_EVERY: '1' } });
  await recordSomething(server);
  await server.stop();
  cpSync(server.dataDir, original, { recursive: true });
  await server.remove();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  data = join(folder, 'tampered');
  cpSync(original, data, { recursive: true });
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function recordSomething(server: Deployment): Promise<void> {
  const token = await adminToken(server);
  for (let number = 0; number < 4; number++) {
    const json = { username: `user${number}`, email: `user${number}@example.com`, password: 'a good password' };
    await call(server, '/users/', { token, json });
  }
  const { body } = await call(server, '/audit/events?type=user.registered&order=desc&limit=1', { token });
  const event = body.events[0];
  proof = await until(
    async () => {
      const answer = await call(server, `/audit/log/proof/${event.id}`, { token });
      return answer.status === 200 ? answer.body : undefined;
    },
    { what: 'a seal over the last registration' },
  );
  const listed = await call(server, '/audit/log/seals', { token });
  seals = join(folder, 'seals.json');
  writeFileSync(seals, JSON.stringify(listed.body));
}

/** The log as somebody who owns the file has it. */
function change(edit: (file: DatabaseSync) => void): void {
  const file = new DatabaseSync(join(data, 'events.db'));
  edit(file);
  file.close();
}

interface Row {
  readonly place: number;
  readonly stream: string;
  readonly revision: number;
  readonly recorded_at: number;
  readonly event: string;
}

const firstUser = (file: DatabaseSync) =>
  file
    .prepare("SELECT * FROM events WHERE stream LIKE 'user-%' AND revision = 0 ORDER BY place DESC")
    .get() as unknown as Row;

/** Writes another content, and the digest that belongs to it. */
function rewrite(file: DatabaseSync, row: Row, edit: (event: NewEvent) => NewEvent): void {
  const text = canonicalEvent(edit(JSON.parse(row.event)));
  const digest = digestOf(text, row.stream, row.revision, row.recorded_at);
  file.prepare('UPDATE events SET event = ?, digest = ? WHERE place = ?').run(text, digest, row.place);
}

async function verify(...more: string[]) {
  const { code, out, err } = await evident(['audit', 'verify-log', '--json', ...more], { env: { DATA_DIR: data } });
  return { code, err, report: JSON.parse(out) };
}

describe('evident audit verify-log', () => {
  it('finds nothing in a log that nobody touched, with and without seals that were kept', async () => {
    for (const more of [[], ['--seals', seals]]) {
      const { code, report } = await verify(...more);
      expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
      expect(report.seals).toBeGreaterThan(0);
    }
  });

  it('finds an event that was rewritten together with its digest', async () => {
    let position = '';
    change((file) => {
      const row = firstUser(file);
      rewrite(file, row, (event) => ({ ...event, metadata: { ...event.metadata, actor: 'user:nobody' } }));
      position = String(row.place).padStart(16, '0');
    });
    const { code, report } = await verify();
    expect(code).toBe(1);
    const [finding] = report.integrity.findings;
    expect(finding.code).toBe('wrong-root');
    expect([finding.from.slice(-16) <= position, position <= finding.to.slice(-16)]).toEqual([true, true]);
    expect(report.completeness.ok).toBe(true);
  });

  it('finds a changed byte, and names the event', async () => {
    change((file) => {
      const { place } = firstUser(file);
      file.prepare(`UPDATE events SET event = replace(event, '"number":', '"nomber":') WHERE place = ?`).run(place);
    });
    const { code, report } = await verify();
    expect({ code, codes: report.integrity.findings.map(({ code: each }: { code: string }) => each) }).toEqual({
      code: 1,
      codes: ['damaged'],
    });
    expect(report.integrity.findings[0].message).toMatch(/position \S+~\d{16}/);
  });

  it('finds an event that was taken out, also where the places behind it were moved up', async () => {
    change((file) => {
      const { place } = firstUser(file);
      file.prepare('DELETE FROM events WHERE place = ?').run(place);
    });
    expect((await verify()).report.integrity.findings[0].code).toBe('damaged');
    change((file) => {
      file.exec('DROP INDEX milestones');
      const { last_place: last } = file.prepare('SELECT last_place FROM log').get() as { last_place: number };
      const gap =
        Number(
          file
            .prepare(
              'SELECT max(place) AS place FROM events WHERE place < (SELECT min(e.place) FROM events e WHERE NOT EXISTS (SELECT 1 FROM events p WHERE p.place = e.place - 1) AND e.place > 1)',
            )
            .get()?.place,
        ) + 1;
      for (let place = gap + 1; place <= last; place++)
        file.prepare('UPDATE events SET place = ? WHERE place = ?').run(place - 1, place);
      file.exec('UPDATE log SET last_place = last_place - 1');
      file.exec('UPDATE streams SET place = (SELECT max(place) FROM events WHERE stream = name)');
      file.exec('CREATE UNIQUE INDEX milestones ON events (stream, revision) WHERE revision % 16 = 0');
    });
    const { code, report } = await verify('--seals', seals);
    expect(code).toBe(1);
    expect(report.integrity.ok).toBe(false);
  });

  it('finds that the end was cut off, by the seals that were kept', async () => {
    change((file) => {
      const stream = 'seals-main';
      const { place, revision } = file.prepare('SELECT * FROM streams WHERE name = ?').get(stream) as unknown as Row;
      file.prepare('DELETE FROM events WHERE place >= ?').run(place);
      file.prepare('UPDATE log SET last_place = ?').run(place - 1);
      if (revision === 0) file.prepare('DELETE FROM streams WHERE name = ?').run(stream);
      file.exec('DELETE FROM streams WHERE name NOT IN (SELECT stream FROM events)');
      file.exec(
        'UPDATE streams SET place = (SELECT max(place) FROM events WHERE stream = name), revision = (SELECT max(revision) FROM events WHERE stream = name)',
      );
    });
    expect((await verify()).report.ok).toBe(true);
    const { code, report } = await verify('--seals', seals);
    expect(code).toBe(1);
    expect(report.integrity.ok).toBe(true);
    expect(report.completeness.findings.map(({ code: each }: { code: string }) => each)).toContain('missing-seal');
  });

  it('takes a proof from the digest of an event to a root that was signed', () => {
    const { digest, proof: steps, seal } = proof;
    expect(rootOf(digest, steps)).toBe(seal.merkleRoot);
    expect(isSigned('main', seal)).toBe(true);
    expect(isSigned('main', { ...seal, merkleRoot: digest })).toBe(false);
  });
});
