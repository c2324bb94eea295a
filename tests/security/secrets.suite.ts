import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evident } from '../cli/evident.ts';
import type { Shape } from '../e2e/shape.ts';
import { filesIn, found, foundShapes, type Haystack, needlesOf, type Secret } from './needles.ts';
import { playSecretsScenario, type Scenario } from './secrets-scenario.ts';
import { cheapHashes } from './security.suite.ts';

/** What no secret of ours is, wherever it lies. */
const shapes = {
  'a password hash': /\$argon2(id|i|d)\$/,
  'a private signing key': /"d"\s*:\s*"[\w-]{20,}"/,
};

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** Where secrets and people may lie and where not (design.md, sections 5 and 10), searched byte by byte. */
export function secretsSuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`${shape.name}${reason}`, () => {
    let scenario: Scenario;
    let backup: string;
    let logs: Haystack[];
    let files: Haystack[];
    let keyFiles: Secret[];

    beforeAll(async () => {
      scenario = await playSecretsScenario((env) => shape.start({ ...cheapHashes, LOG_LEVEL: 'trace', ...env }));
      const { deployment } = scenario;
      backup = mkdtempSync(join(tmpdir(), 'evident-secrets-'));
      const copied = await evident(['backup', join(backup, 'copy'), '--data-dir', deployment.dataDir]);
      if (copied.code !== 0) throw new Error(copied.err);
      keyFiles = ['master.key', 'data.key'].map((name) => ({
        what: name,
        needles: needlesOf(readFileSync(join(deployment.dataDir, name), 'utf8').trim()),
      }));
      const whileRunning = filesIn(deployment.dataDir);
      await deployment.stop();
      logs = [
        { name: 'the log', bytes: Buffer.from(deployment.output()) },
        { name: 'what the backup printed', bytes: Buffer.from(`${copied.out}${copied.err}`) },
        ...scenario.metrics,
      ];
      files = [...whileRunning, ...filesIn(deployment.dataDir), ...filesIn(backup)].filter(
        ({ name }) => name !== 'master.key' && name !== 'data.key',
      );
    });
    afterAll(async () => {
      await scenario?.deployment.remove();
      await shape.stopServers();
      if (backup !== undefined) rmSync(backup, { recursive: true, force: true });
    });

    const readModels = (haystack: Haystack) => /read-model/.test(haystack.name);

    it('the scenario left what is searched: a talkative log, metrics, answers, and files of every kind', () => {
      expect(String(logs[0]?.bytes).split('\n').length).toBeGreaterThan(50);
      expect(String(logs[0]?.bytes)).toContain('"level":"debug"');
      expect(String(scenario.metrics[0]?.bytes)).toContain('evident_http_requests_total');
      expect(scenario.answers.length).toBeGreaterThan(20);
      for (const name of ['events.db', 'events.db-wal', 'person-keys.db', 'copy/events.db', 'copy/person-keys.jsonl']) {
        expect(files.map((file) => file.name)).toContain(name);
      }
      expect(files.some(readModels)).toBe(true);
      // The search finds what is there: what people say of themselves lies in the read models.
      const rows = files.filter(readModels);
      expect(scenario.described.filter((said) => found(rows, [said]).length === 0)).toEqual([]);
    });

    it('logs and metrics hold no password, key, token or hash', () => {
      expect(found(logs, [...scenario.passwords, ...scenario.keys, ...scenario.tokens, ...keyFiles])).toEqual([]);
      expect(foundShapes(logs, shapes)).toEqual([]);
    });

    it('logs and metrics hold no name, address or client of anybody', () => {
      expect(found(logs, [...scenario.people, ...scenario.clients])).toEqual([]);
    });

    it('answers hold no password and no hash, a key once, and a token where it was issued', () => {
      expect(found(scenario.answers, [...scenario.passwords, ...keyFiles])).toEqual([]);
      expect(foundShapes(scenario.answers, shapes)).toEqual([]);
      for (const [secrets, shownIn] of [
        [scenario.keys, /^POST \/(apps\/( |\d+\/rotate-key)|api\/sso\/v1\/(agents|apikeys|api-keys) |ops\/webhooks )/],
        [scenario.tokens, /^POST \/(token|api\/sso\/v1\/(agents\/auth|auth\/(register|login|refresh))) /],
      ] as const) {
        for (const secret of secrets) {
          const holders = scenario.answers.filter((answer) => found([answer], [secret]).length > 0);
          expect({ secret: secret.what, holders: holders.length }).toEqual({
            secret: secret.what,
            holders: secret.issued === true ? 1 : 0,
          });
          for (const { name } of holders) expect(name).toMatch(shownIn);
        }
      }
    });

    it('the log, its person keys and its backup hold no password, key, token, hash, name, address or client', () => {
      const ofTheLog = files.filter((file) => !readModels(file));
      const { passwords, keys, tokens, people, clients } = scenario;
      expect(found(ofTheLog, [...passwords, ...keys, ...tokens, ...keyFiles, ...people, ...clients])).toEqual([]);
      expect(foundShapes(ofTheLog, shapes)).toEqual([]);
    });

    it('nobody but its owner may read a file of the data, a key or a backup', () => {
      for (const folder of [scenario.deployment.dataDir, join(backup, 'copy')]) {
        expect({ folder, mode: modeOf(folder) }).toEqual({ folder, mode: '700' });
        for (const { name } of filesIn(folder)) {
          expect.soft({ name, mode: modeOf(join(folder, name)) }).toEqual({ name, mode: '600' });
        }
      }
    });

    it('read models hold no password, key, token or hash', () => {
      const rows = files.filter(readModels);
      expect(found(rows, [...scenario.passwords, ...scenario.keys, ...scenario.tokens, ...keyFiles])).toEqual([]);
      expect(foundShapes(rows, shapes)).toEqual([]);
    });
  });
}
