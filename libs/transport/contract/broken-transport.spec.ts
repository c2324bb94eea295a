import { fail, type MessageContract, type Reply, type RequestContext, succeed } from '@evident/contracts';
import { expect, it } from 'vitest';
import type { BoundHandler, JsonObject } from '../src/index.ts';
import { type OpenTransport, type TransportUnderTest, transportCases, transportContract } from './index.ts';
import { openInProcess, withoutWire } from './open-in-process.ts';

const inOneProcess = transportCases.filter(({ name }) => withoutWire[name] === undefined);

/** Names of the cases that fail; one that does not end has failed too. They do not share anything, so run at once. */
async function failures(open: OpenTransport, rules = inOneProcess): Promise<string[]> {
  const outcomes = await Promise.allSettled(
    rules.map((rule) => {
      const patience = Promise.withResolvers<never>();
      const timer = setTimeout(() => patience.reject(new Error('does not end')), 1500);
      return Promise.race([rule.run(open), patience.promise]).finally(() => clearTimeout(timer));
    }),
  );
  return rules.filter((_, index) => outcomes[index]?.status === 'rejected').map(({ name }) => name);
}

type Ask = (contract: MessageContract, payload: unknown, context: RequestContext) => Promise<Reply<unknown>>;

/** A sound transport with one thing changed. */
function breaking(change: (sound: TransportUnderTest, ask: Ask) => Partial<Record<keyof TransportUnderTest, unknown>>) {
  const open: OpenTransport = async (options) => {
    const wire = await openInProcess(options);
    const sound = wire.client;
    const changed = change(sound, sound.request.bind(sound) as Ask);
    const client = {
      request: sound.request.bind(sound),
      publish: sound.publish.bind(sound),
      subscribe: sound.subscribe.bind(sound),
      status: sound.status,
      ...changed,
    } as TransportUnderTest;
    return { ...wire, client };
  };
  return open;
}

/** What one would write without thinking: look the handler up and call it. */
const directCall: OpenTransport = async () => {
  const handlers = new Map<string, BoundHandler>();
  const listeners = new Map<string, ((message: JsonObject) => void)[]>();
  const request: Ask = async ({ subject }, payload, context) => {
    const bound = handlers.get(subject);
    if (bound === undefined) throw new Error(`nobody answers ${subject}`);
    return bound.handle(payload, context);
  };
  const client = {
    request,
    status: 'connected',
    publish: (subject: string, message: JsonObject) => {
      for (const listener of listeners.get(subject) ?? []) listener(message);
    },
    subscribe: (subject: string, listener: (message: JsonObject) => void) => {
      listeners.set(subject, [...(listeners.get(subject) ?? []), listener]);
      return () => {};
    },
  } as TransportUnderTest;
  return {
    client,
    serve: async (served) => {
      for (const bound of served) handlers.set(bound.contract.subject, bound);
      return { inFlight: 0, drain: async () => {} };
    },
    close: async () => {},
  };
};

it('passes on a sound transport', async () => {
  expect(await failures(openInProcess)).toEqual([]);
});

it('fails on a transport that only calls the handler, in every rule that it breaks', async () => {
  const failed = await failures(directCall);
  const kept = inOneProcess.map(({ name }) => name).filter((name) => !failed.includes(name));
  expect(kept).toEqual([
    'carries payload, context, value and position',
    'carries every character',
    'gives each of many requests in flight its own answer',
    'carries an error as code, details, wait and position',
    'delivers news to every listener in the order of publishing',
  ]);
});

it.each<[string, OpenTransport, string]>([
  [
    'gives a request the answer of another',
    breaking((_, ask) => {
      let last: Promise<Reply<unknown>> | undefined;
      return {
        request: (...request: Parameters<Ask>) => {
          const mine = ask(...request);
          const answer = last ?? mine;
          last = mine;
          return answer;
        },
      };
    }),
    'gives each of many requests in flight its own answer',
  ],
  [
    'loses the position',
    breaking((_, ask) => ({
      request: async (...request: Parameters<Ask>) => {
        const reply = await ask(...request);
        return reply.ok ? succeed(reply.value) : reply;
      },
    })),
    'carries payload, context, value and position',
  ],
  [
    'sends in spite of a deadline that has passed',
    breaking((_, ask) => ({
      request: (contract: MessageContract, payload: unknown, context: RequestContext) =>
        ask(contract, payload, { ...context, deadline: Math.max(context.deadline, Date.now() + 100) }),
    })),
    'does not begin what nobody waits for any more',
  ],
  [
    'invents an answer at the deadline',
    breaking((_, ask) => ({
      request: async (...request: Parameters<Ask>) => {
        const reply = await ask(...request);
        return !reply.ok && reply.error.code === 'deadline.passed' ? fail('service.unavailable') : reply;
      },
    })),
    'answers at the deadline and drops the reply that comes later',
  ],
  [
    'turns news round',
    breaking((sound) => {
      let held: [string, JsonObject] | undefined;
      return {
        publish: (subject: string, message: JsonObject) => {
          if (held === undefined) held = [subject, message];
          else {
            sound.publish(subject, message);
            sound.publish(...held);
            held = undefined;
          }
        },
      };
    }),
    'delivers news to every listener in the order of publishing',
  ],
  [
    'doubles news',
    breaking((sound) => ({
      publish: (subject: string, message: JsonObject) => {
        sound.publish(subject, message);
        sound.publish(subject, message);
      },
    })),
    'delivers nothing of another subject, and nothing after the end of a subscription',
  ],
])('fails on a transport that %s', async (_, open, rule) => {
  const rules = transportCases.filter(({ name }) => name === rule);
  expect(await failures(open, rules)).toEqual([rule]);
});

it('refuses to skip a case that does not exist', () => {
  expect(() => transportContract('any', openInProcess, { 'a rule long renamed': 'never ran' })).toThrow(
    'skip names no case',
  );
});
