import { succeed } from '@evident/contracts';
import { isMissing, startNatsServer } from '@evident/testing';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { echo, keep, someContext } from '../../contract/sample-contracts.ts';
import { MessageHandlers } from '../../src/message-handlers.ts';
import { connectNats, NatsResponder } from './index.ts';

const server = await startNatsServer();
const missing = isMissing(server) ? server.missing : undefined;
const url = isMissing(server) ? '' : server.url;
afterAll(() => (isMissing(server) ? undefined : server.stop()));

async function link(service: string) {
  const connected = await connectNats({ servers: [url], service });
  onTestFinished(() => connected.close());
  return connected;
}

/** A server of the sample messages, and a connection that sends it whatever bytes it is given. */
async function served() {
  const responder = new NatsResponder(await link('service'), { checkReplies: true });
  await responder.serve(
    new MessageHandlers().add(echo, ({ text }) => succeed({ text })).add(keep, () => succeed({ kept: true })),
  );
  const { connection } = await link('gateway');
  return async (subject: string, packet: string) => {
    const { data } = await connection.request(subject, packet, { timeout: 2_000 });
    return JSON.parse(new TextDecoder().decode(data));
  };
}

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const packetOf = (id: string, payload: string) =>
  `{"id":${id},"data":{"payload":${payload},"context":${JSON.stringify(someContext())}}}`;

describe.skipIf(missing !== undefined)(
  `what no client of ours sends${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    it.each([
      ['an id too long for an answer', echo.subject, `{"id":"${'x'.repeat(1_048_550)}","data":0}`],
      ['an id too deep for JSON', echo.subject, packetOf(deep(100_000), '{"text":""}')],
      ['a payload too deep to be looked through', keep.subject, packetOf('"1"', `{"anything":${deep(100_000)}}`)],
    ])('refuses %s, and answers the next one', async (_, subject, packet) => {
      const send = await served();
      expect(await send(subject, packet)).toMatchObject({
        response: { ok: false, error: { code: 'request.invalid' } },
      });
      expect(await send(echo.subject, packetOf('"2"', '{"text":"on"}'))).toEqual({
        id: '2',
        isDisposed: true,
        response: { ok: true, value: { text: 'on' } },
      });
    });
  },
);
