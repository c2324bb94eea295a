import { describe, expect, it } from 'vitest';
import type { Body } from '../e2e/http.ts';
import type { Stage } from './stage.ts';

const rounds = Number(process.env.READ_YOUR_WRITES_ROUNDS ?? 30);

/** Each read right after its write, once, without a pause and without a second try. */
export function readYourWritesSuite(stage: Stage): void {
  describe(`read your writes (${rounds} rounds)`, () => {
    const title = 'a user is listed, changed, assigned, disabled and verified against at once, and so is a rotated key';
    it(title, { timeout: 30_000 + rounds * 1_000 }, async () => {
      const { body: app } = await stage.app();
      let key: string = app.api_key;
      for (let round = 1; round <= rounds; round++) {
        const at = `round ${round}`;
        const user = await stage.user();
        const { id } = user.body;
        expect((await stage.ask(`/users/?q=${user.username}`)).body, `listed, ${at}`).toEqual([user.body]);
        expect((await stage.ask(`/users/${id}`)).body, `read, ${at}`).toEqual({ ...user.body, apps: [] });

        await stage.ask(`/users/${id}/assign/${app.id}`, { method: 'POST' });
        expect((await stage.ask(`/users/${id}`)).body.apps, `assigned, ${at}`).toEqual([app.id]);
        const users: Body[] = (await stage.ask(`/apps/${app.id}/users?skip=${round - 1}`)).body;
        expect(
          users.map((listed) => listed.id),
          `a user of the app, ${at}`,
        ).toEqual([id]);
        expect(await stage.verdict(user, key), `assigned then verified, ${at}`).toBe('Authorized');

        const { body: rotated } = await stage.ask(`/apps/${app.id}/rotate-key`, { method: 'POST' });
        expect(await stage.verdict(user, key), `the earlier key, ${at}`).toBe('Invalid API key');
        key = rotated.api_key;
        expect(await stage.verdict(user, key), `the new key, ${at}`).toBe('Authorized');
        const listed = await stage.ask(`/apps/${app.id}`);
        expect(listed.body.api_key_prefix, `the prefix, ${at}`).toBe(key.slice(0, 12));

        const email = `new-${user.email}`;
        const changed = await stage.change(id, { email, is_active: false });
        expect((await stage.ask(`/users/?q=${email}`)).body, `changed, ${at}`).toEqual([changed.body]);
        expect(await stage.verdict(user, key), `disabled then verified, ${at}`).toBe('User account is inactive');
        await stage.change(id, { is_active: true });
        expect(await stage.verdict(user, key), `enabled then verified, ${at}`).toBe('Authorized');
      }
    });
  });
}
