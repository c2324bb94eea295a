import { fail, type RequestContext, succeed } from '@evident/contracts';
import { expect } from 'vitest';
import { MessageHandlers, type TransportLog } from '../src/index.ts';
import { echo, keep, someContext } from './sample-contracts.ts';
import { type OpenTransport, onWire, type TransportCase } from './transport-harness.ts';

function counting() {
  const seen: unknown[] = [];
  const handlers = new MessageHandlers().add(echo, (payload) => {
    seen.push(payload);
    return succeed({ text: payload.text });
  });
  return { seen, handlers };
}

const refusedBy = (part: string, path: string[]) => ({
  ok: false,
  error: { code: 'request.invalid', details: { part, issues: [{ path }] } },
});

/** What may not pass is refused where it arrives, and a fault tells the caller nothing. */
export const refusalCases: readonly TransportCase[] = [
  onWire('refuses a payload that is not of the contract, before the handler', async ({ client, serve }) => {
    const { seen, handlers } = counting();
    await serve(handlers);
    const payload = { text: 'a', list: [{ name: 7 as unknown as string }] };
    const reply = await client.request(echo, payload, someContext());
    expect(reply).toMatchObject(refusedBy('payload', ['list', '0', 'name']));
    expect(seen).toEqual([]);
  }),

  onWire('does not repeat what was sent when it refuses it', async ({ client, serve }) => {
    await serve(counting().handlers);
    const secret = 'hunter2';
    const payload = { text: { secret } as unknown as string };
    expect(JSON.stringify(await client.request(echo, payload, someContext()))).not.toContain(secret);
  }),

  onWire('refuses a context that is not of its shape', async ({ client, serve }) => {
    const { seen, handlers } = counting();
    await serve(handlers);
    const contexts: RequestContext[] = [
      someContext({ tenant: 'Main Street' }),
      someContext({ commandId: 'not-a-uuid' }),
      someContext({ credential: 'x'.repeat(8193) }),
    ];
    for (const context of contexts) {
      expect(await client.request(echo, { text: 'a' }, context)).toMatchObject({ error: { code: 'request.invalid' } });
    }
    expect(seen).toEqual([]);
  }),

  onWire('hands on only the members that the contract names', async ({ client, serve }) => {
    const { seen, handlers } = counting();
    await serve(handlers);
    const payload = { text: 'a', isAdmin: true };
    await client.request(echo, payload, someContext());
    expect(seen).toEqual([{ text: 'a' }]);
  }),

  {
    name: 'turns a fault into a code that says nothing, and logs it under the correlation id',
    async run(open: OpenTransport) {
      const logged: unknown[] = [];
      const log: TransportLog = { info: () => {}, warn: () => {}, error: (fields) => logged.push(fields) };
      const fault = new Error('row of ada@example.com is broken');
      await onWire(
        '',
        async ({ client, serve }) => {
          const handlers = new MessageHandlers()
            .add(echo, () => {
              throw fault;
            })
            .add(keep, () => Promise.reject(fault));
          await serve(handlers);
          const context = someContext({ correlationId: 'suite-fault' });
          expect(await client.request(echo, { text: 'a' }, context)).toEqual(fail('fault.internal'));
          expect(await client.request(keep, { anything: 1 }, context)).toEqual(fail('fault.internal'));
        },
        { log },
      ).run(open);
      expect(logged).toMatchObject([
        { message: echo.subject, correlationId: 'suite-fault', error: fault },
        { message: keep.subject, correlationId: 'suite-fault', error: fault },
      ]);
    },
  },

  onWire('says that a store is away', async ({ client, serve }) => {
    const fault = Object.assign(new Error('disk full'), { name: 'EventStoreFault', code: 'disk-full' });
    await serve(new MessageHandlers().add(echo, () => Promise.reject(fault)));
    expect(await client.request(echo, { text: 'a' }, someContext())).toEqual(
      fail('store.unavailable', { retryAfterSeconds: 1 }),
    );
  }),

  onWire('never lets a reply say more than its contract', async ({ client, serve }) => {
    const row = { text: 'a', passwordHash: '$argon2id$…' };
    await serve(new MessageHandlers().add(echo, () => succeed(row)));
    expect(await client.request(echo, { text: 'a' }, someContext())).toEqual(fail('fault.internal'));
  }),
];
