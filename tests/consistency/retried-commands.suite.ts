import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer, Body, Call } from '../e2e/http.ts';
import { uniqueName } from '../e2e/objects.ts';
import type { Stage } from './stage.ts';

const atOnce = 8;

interface Command {
  readonly name: string;
  /** Of a user and an app that are there. */
  readonly of: (user: number, app: number) => Call & { readonly path: string };
}

const commands: readonly Command[] = [
  {
    name: 'registering a user',
    of: () => {
      const username = uniqueName();
      return {
        path: '/users/',
        json: { username, email: `${username}@example.com`, password: 'password of a spec 1' },
      };
    },
  },
  {
    name: 'registering an app',
    of: () => ({ path: '/apps/', json: { name: uniqueName(), url: 'https://app.example.com' } }),
  },
  { name: 'rotating a key', of: (_, app) => ({ path: `/apps/${app}/rotate-key`, json: { grace_seconds: 60 } }) },
  {
    name: 'changing a user',
    of: (user) => ({ path: `/users/${user}`, method: 'PUT', json: { email: `${uniqueName()}@example.com` } }),
  },
  {
    name: 'changing an app',
    of: (_, app) => ({ path: `/apps/${app}`, method: 'PUT', json: { url: `https://${uniqueName()}.example.com` } }),
  },
  { name: 'assigning', of: (user, app) => ({ path: `/users/${user}/assign/${app}`, method: 'POST' }) },
  { name: 'removing a user', of: (user) => ({ path: `/users/${user}`, method: 'DELETE' }) },
];

/** A command that is sent again with the same `Idempotency-Key` is one command; a restart changes nothing of that. */
export function retriedCommandsSuite(stage: Stage): void {
  describe('a command that is sent again with the same Idempotency-Key', () => {
    const sent: { readonly name: string; readonly again: () => Promise<Answer>; readonly first: Body }[] = [];

    it.each(commands)(`acts once however often it is sent: $name, ${atOnce} times at once`, async ({ name, of }) => {
      const [user, app] = await Promise.all([stage.user(), stage.app()]);
      const { path, ...request } = of(user.body.id, app.body.id);
      const headers = { 'idempotency-key': randomUUID() };
      const again = () => stage.ask(path, { ...request, headers });
      const before = await counts();
      const answers = await Promise.all(Array.from({ length: atOnce }, again));
      const first = answers[0]?.body;
      for (const { status, body } of [...answers, await again()]) {
        expect(status, JSON.stringify(body)).toBeLessThan(300);
        expect(body).toEqual(first);
      }
      const after = await counts();
      expect(after.users - before.users).toBe({ 'registering a user': 1, 'removing a user': -1 }[name] ?? 0);
      expect(after.apps - before.apps).toBe(name === 'registering an app' ? 1 : 0);
      sent.push({ name, again, first });
    });

    it('acts once also where the server was restarted in between, and shows the same key', async () => {
      await stage.restart();
      const before = await counts();
      for (const { name, again, first } of sent) {
        const { status, body } = await again();
        expect(status, name).toBeLessThan(300);
        expect(body, name).toEqual(first);
      }
      expect(await counts()).toEqual(before);
      const registered = sent.find(({ name }) => name === 'registering an app')?.first;
      const user = await stage.userOf({ body: registered });
      expect(await stage.verdict(user, registered.api_key), 'the key that was shown').toBe('Authorized');
      expect(sent).toHaveLength(commands.length);
    });

    it('is refused where it asks for something else, and does nothing', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const json = { name: 'An app', url: 'https://app.example.com' };
      expect((await stage.ask('/apps/', { json, headers })).status).toBe(201);
      const before = await counts();
      expect((await stage.ask('/apps/', { json: { ...json, name: 'Another app' }, headers })).status).toBe(422);
      expect(await counts()).toEqual(before);
    });
  });

  async function counts(): Promise<{ users: number; apps: number }> {
    const [users, apps] = await Promise.all(['/users/?limit=1', '/apps/?limit=1'].map((path) => stage.ask(path)));
    const total = (answer: Answer | undefined) => Number(answer?.headers.get('x-total-count'));
    return { users: total(users), apps: total(apps) };
  }
}
