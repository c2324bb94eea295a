import { createAgent, issueApiKey, registerApp, registerUser, rotateAppKey } from '@evident/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../e2e/objects.ts';
import { type Attacker, valueIn } from './attacker.ts';

/** Command ids and Idempotency-Keys are no secrets: who repeats another's learns and does nothing by it. */
export function repeatedCommandsSuite(attacker: () => Attacker): void {
  describe('a command of another caller, sent again', () => {
    let theirs: string;
    let own: string;
    const app = { name: 'Ours', url: 'https://ours.example.com' };

    beforeAll(async () => {
      theirs = await attacker().tokenOf(attacker().administrator);
      const username = uniqueName();
      const person = { username, password: 'password of a person 1' };
      const payload = { ...person, email: `${username}@example.com`, isAdmin: true };
      valueIn(await attacker().ask(registerUser, payload, { credential: theirs }));
      own = await attacker().tokenOf(person);
    });

    it('under its command id shows nothing of what it was answered, and does nothing', async () => {
      const commandId = crypto.randomUUID();
      const { apiKey, number } = valueIn(await attacker().ask(registerApp, app, { credential: theirs, commandId }));
      const appended = await attacker().appendedBy(async () => {
        for (const [payload, credential] of [
          [app, own],
          [{ ...app, url: 'https://evil.example' }, own],
          [{ ...app, url: 'https://evil.example' }, theirs],
        ] as const) {
          const reply = await attacker().ask(registerApp, payload, { credential, commandId });
          expect(reply).toMatchObject({ ok: false, error: { code: 'request.idempotency-mismatch' } });
          expect(JSON.stringify(reply)).not.toContain(apiKey);
        }
      });
      expect(appended).toEqual([]);
      const rotation = { id: number, graceSeconds: 0 };
      const rotated = valueIn(
        await attacker().ask(rotateAppKey, rotation, { credential: theirs, commandId: crypto.randomUUID() }),
      );
      expect(rotated.apiKey).not.toBe(apiKey);
    });

    it('under its command id shows no private key of an agent, and no API key', async () => {
      const commandId = crypto.randomUUID();
      const [agent, name] = [{ name: 'Ours', scopes: [] }, { name: 'ours' }];
      const { privateKey } = valueIn(await attacker().ask(createAgent, agent, { credential: theirs, commandId }));
      const { key } = valueIn(await attacker().ask(issueApiKey, name, { credential: theirs, commandId }));
      for (const context of [{ credential: own, commandId }, { commandId }]) {
        for (const reply of [
          await attacker().ask(createAgent, agent, context),
          await attacker().ask(issueApiKey, name, context),
        ]) {
          expect(reply.ok).toBe(false);
          expect(JSON.stringify(reply)).not.toContain(key);
          expect(JSON.stringify(reply)).not.toContain(privateKey?.slice(40, 80));
        }
      }
    });

    it('without a credential shows nothing, though it is the very same request', async () => {
      const commandId = crypto.randomUUID();
      const { apiKey } = valueIn(await attacker().ask(registerApp, app, { credential: theirs, commandId }));
      const reply = await attacker().ask(registerApp, app, { commandId, actor: 'system' });
      expect(reply).toMatchObject({ ok: false, error: { code: 'caller.not-authenticated' } });
      expect(JSON.stringify(reply)).not.toContain(apiKey);
    });

    it('under its Idempotency-Key is a command of one’s own', async () => {
      const idempotencyKey = 'the key of both';
      const first = valueIn(await attacker().ask(registerApp, app, { credential: theirs, idempotencyKey }));
      const again = valueIn(await attacker().ask(registerApp, app, { credential: theirs, idempotencyKey }));
      const other = valueIn(await attacker().ask(registerApp, app, { credential: own, idempotencyKey }));
      expect(again).toEqual(first);
      expect([other.uid === first.uid, other.apiKey === first.apiKey]).toEqual([false, false]);
    });

    it('under the id that the key of another becomes in the log does nothing', async () => {
      const idempotencyKey = 'another key';
      valueIn(await attacker().ask(registerApp, app, { credential: theirs, idempotencyKey }));
      const made = (await attacker().opened.stored()).findLast(({ type }) => type === 'app.registered');
      const commandId = made?.metadata.commandId ?? '';
      const appended = await attacker().appendedBy(async () => {
        expect(await attacker().codeOf(registerApp, app, { credential: own, commandId })).toBe(
          'request.idempotency-mismatch',
        );
      });
      expect(appended).toEqual([]);
    });
  });
}
