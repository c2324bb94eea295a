import { defineQuery, fail, type Reply, succeed } from '@evident/contracts';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { echo, keep, someContext } from '../contract/sample-contracts.ts';
import { MessageHandlers } from './message-handlers.ts';
import { MessageServer, type MessageServerOptions, type TraceMessage } from './message-server.ts';

function serving(handle: () => unknown, options: MessageServerOptions = {}) {
  const seen: unknown[] = [];
  const server = new MessageServer(options);
  const handler = (payload: unknown) => {
    seen.push(payload);
    return handle() as Reply<{ text: string }>;
  };
  server.serve(new MessageHandlers().add(echo, handler));
  return { seen, server };
}

const envelope = (more = {}) => ({ payload: { text: 'a' }, context: someContext(more) });

it('does not begin a request that arrives when its deadline has passed, and answers nobody', async () => {
  const { seen, server } = serving(() => succeed({ text: 'a' }), { clock: () => 1_000 });
  expect(await server.handle(echo.subject, envelope({ deadline: 1_000 }))).toBeUndefined();
  expect(await server.handle(echo.subject, envelope({ deadline: 1_001 }))).toMatchObject({ ok: true });
  expect(seen).toHaveLength(1);
});

it('counts what comes in too late, and says so once a minute, however much it is', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const warn = vi.fn();
  const outcomes: string[] = [];
  const observe = (_: string, outcome: string) => void outcomes.push(outcome);
  const log = { info: () => {}, warn, error: () => {} };
  const { server } = serving(() => succeed({ text: 'a' }), { clock: () => 11_000, log, observe });
  const late = () => server.handle(echo.subject, envelope({ deadline: 1_000 }));
  for (let round = 0; round < 3; round++) await late();
  expect(outcomes).toEqual(['deadline.passed', 'deadline.passed', 'deadline.passed']);
  expect(warn.mock.calls).toEqual([[{ message: echo.subject, count: 1, lagMs: 10_000 }, expect.any(String)]]);
  vi.advanceTimersByTime(60_000);
  await late();
  expect(warn).toHaveBeenCalledTimes(2);
  expect(warn).toHaveBeenLastCalledWith({ message: echo.subject, count: 3, lagMs: 10_000 }, expect.any(String));
  vi.useRealTimers();
});

it.each([[undefined], [null], ['text'], [7], [[]], [{}], [{ payload: { text: 'a' } }], [{ context: 'x' }]])(
  'refuses what is no envelope: %j',
  async (received) => {
    const { seen, server } = serving(() => succeed({ text: 'a' }));
    expect(await server.handle(echo.subject, received)).toMatchObject({ error: { code: 'request.invalid' } });
    expect(seen).toEqual([]);
    expect(server.inFlight).toBe(0);
  },
);

it('refuses a payload with more levels than the stack, and rejects not even where a schema throws', async () => {
  const throwing = defineQuery('identity-projection', 'contract-throwing', {
    request: z.object({}).refine(() => {
      throw new TypeError('a schema of ours is wrong');
    }),
    value: z.object({}),
  });
  const handlers = new MessageHandlers().add(keep, () => succeed({ kept: true })).add(throwing, () => succeed({}));
  const server = new MessageServer();
  server.serve(handlers);
  const anything = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  const context = someContext();
  expect(await server.handle(keep.subject, { payload: { anything }, context })).toMatchObject({
    error: { code: 'request.invalid', details: { part: 'depth' } },
  });
  expect(await server.handle(throwing.subject, { payload: {}, context })).toEqual(fail('fault.internal'));
  expect(server.inFlight).toBe(0);
});

it.each([[undefined], [null], ['ok'], [{ value: 1 }], [{ ok: 'yes' }]])(
  'never passes on what is no reply: %j',
  async (answer) => {
    const { server } = serving(() => answer);
    expect(await server.handle(echo.subject, envelope())).toEqual(fail('fault.internal'));
  },
);

it('holds replies against their contract only where it is told to', async () => {
  const wrong = () => succeed({ text: 7 });
  const { server: checking } = serving(wrong, { checkReplies: true });
  const { server: trusting } = serving(wrong, { checkReplies: false });
  expect(await checking.handle(echo.subject, envelope())).toEqual(fail('fault.internal'));
  expect(await trusting.handle(echo.subject, envelope())).toEqual(wrong());
});

it('lets a mapper of its own say what a fault means', async () => {
  const mapFault = (fault: unknown) => (fault === 'busy' ? ({ code: 'write.contended' } as const) : undefined);
  const failing = (fault: unknown) =>
    serving(
      () => {
        throw fault;
      },
      { mapFault },
    ).server.handle(echo.subject, envelope());
  expect(await failing('busy')).toEqual(fail('write.contended'));
  expect(await failing('else')).toEqual(fail('fault.internal'));
});

it('tells the observer of each answer and its outcome', async () => {
  const seen: [string, string][] = [];
  const observe = (subject: string, outcome: string) => void seen.push([subject, outcome]);
  const { server } = serving(() => succeed({ text: 'a' }), { observe });
  await server.handle(echo.subject, envelope());
  await server.handle(echo.subject, {});
  expect(seen).toEqual([
    [echo.subject, 'ok'],
    [echo.subject, 'request.invalid'],
  ]);
});

it('tells the observer how many milliseconds the answer took', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.advanceTimersByTime(1_000);
  const observe = vi.fn();
  const slowly = () => {
    vi.advanceTimersByTime(40);
    return succeed({ text: 'a' });
  };
  await serving(slowly, { observe }).server.handle(echo.subject, envelope());
  vi.useRealTimers();
  expect(observe.mock.calls).toEqual([[echo.subject, 'ok', 40]]);
});

it('does the work of a traced request under the context of its span, and answers what comes of it', async () => {
  const seen: unknown[] = [];
  const trace: TraceMessage = async (contract, context, work) => {
    const reply = await work({ ...context, correlationId: 'span-1' });
    seen.push(contract.subject, context.correlationId, reply);
    return reply;
  };
  const server = new MessageServer({ trace });
  const handlers = new MessageHandlers().add(echo, (_, { correlationId }) => succeed({ text: correlationId }));
  server.serve(handlers);
  const reply = succeed({ text: 'span-1' });
  expect(await server.handle(echo.subject, envelope({ correlationId: 'request-1' }))).toEqual(reply);
  expect(seen).toEqual([echo.subject, 'request-1', reply]);
});

it('answers for a subject that nobody serves, and for any after the end', async () => {
  const { server } = serving(() => succeed({ text: 'a' }));
  expect(await server.handle(keep.subject, envelope())).toEqual(fail('service.unavailable'));
  await server.drain();
  expect(await server.handle(echo.subject, envelope())).toEqual(fail('service.unavailable'));
});

it('bounds each service by itself', async () => {
  const release = Promise.withResolvers<void>();
  const server = new MessageServer({ maxInFlight: 1 });
  server.serve(
    new MessageHandlers()
      .add(echo, async () => {
        await release.promise;
        return succeed({ text: 'a' });
      })
      .add(keep, () => succeed({ kept: true })),
  );
  const first = server.handle(echo.subject, envelope());
  expect(await server.handle(echo.subject, envelope())).toMatchObject({ error: { code: 'load.shed' } });
  expect(await server.handle(keep.subject, { payload: { anything: 1 }, context: someContext() })).toMatchObject({
    ok: true,
  });
  release.resolve();
  expect(await first).toMatchObject({ ok: true });
});

it('bounds a service as one, also where its handlers come in parts', async () => {
  const release = Promise.withResolvers<void>();
  const another = defineQuery('identity-projection', 'contract-another', {
    request: z.object({}),
    value: z.object({ text: z.string() }),
  });
  const answer = async () => {
    await release.promise;
    return succeed({ text: 'a' });
  };
  const server = new MessageServer({ maxInFlight: 1 });
  server.serve(new MessageHandlers().add(echo, answer));
  const first = server.handle(echo.subject, envelope());
  server.serve(new MessageHandlers().add(another, answer));
  const second = server.handle(another.subject, envelope());
  expect(server.inFlight).toBe(1);
  release.resolve();
  expect([await first, await second]).toMatchObject([{ ok: true }, { error: { code: 'load.shed' } }]);
});
