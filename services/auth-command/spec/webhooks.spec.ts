import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, openFixture, valueIn } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());

const create = (after: string, types = ['user.*']) =>
  fixture.service.operations.createWebhook({ url: 'https://hooks.example.com/', types, after }, fixture.asAdmin());
const head = async () => `${await fixture.temporary.log.store.lastPosition()}`;
const ahead = (position: string) => position.replace(/\d{6}$/, (digits) => String(Number(digits) + 500_000));

describe('where the delivery of a webhook begins', () => {
  it('is any place of the log up to its end', async () => {
    for (const after of ['start', 'now', await head()]) expect(codeOf(await create(after))).toBe('ok');
  });

  it('is no place ahead of the log, as all that comes before it would be passed over', async () => {
    const { id } = valueIn(await create('now'));
    const after = ahead(await head());
    const refusal = { code: 'log.unknown-position', details: { reason: 'The log has not come to that position yet.' } };
    expect(await create(after)).toMatchObject({ ok: false, error: refusal });
    expect(await fixture.service.operations.replayWebhook({ id, after }, fixture.asAdmin())).toMatchObject({
      error: refusal,
    });
  });

  it('is no place of another log, and no other text', async () => {
    expect(codeOf(await create('zzzzzzzzzzzzzzzz~0000000000000001'))).toBe('log.changed');
    expect(await create('yesterday')).toMatchObject({
      error: {
        code: 'log.unknown-position',
        details: { reason: 'Delivery begins at `new`, at `start` or after a position.' },
      },
    });
  });
});

describe('which events a webhook is for', () => {
  it.each([[['user.*', 'signin.failed']], [['*']]])('%j', async (types) => {
    expect(codeOf(await create('now', types))).toBe('ok');
  });

  it.each(['usr.*', 'user.register', 'users'])('not %s, for which nothing would ever be sent', async (misspelt) => {
    const { id } = valueIn(await create('now'));
    const types = ['role.*', misspelt];
    const refusal = {
      code: 'webhook.types-invalid',
      details: { reason: `types: no event type matches ${JSON.stringify(misspelt)}` },
    };
    expect(await create('now', types)).toMatchObject({ ok: false, error: refusal });
    expect(await fixture.service.operations.changeWebhook({ id, types }, fixture.asAdmin())).toMatchObject({
      ok: false,
      error: refusal,
    });
  });
});
