import { succeed } from '@evident/contracts';
import { isMissing, type NatsServer, startNatsServer } from '@evident/testing';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientNats, MessagePattern, ServerNats } from '@nestjs/microservices';
import { firstValueFrom, timeout } from 'rxjs';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { SampleController } from '../../contract/sample.controller.ts';
import { echo, someContext } from '../../contract/sample-contracts.ts';
import { connectNats, NatsClient, NatsResponder, NatsStrategy } from './index.ts';

const server = await startNatsServer();
const missing = isMissing(server) ? server.missing : undefined;
const { url } = isMissing(server) ? { url: '' } : (server satisfies NatsServer);

function moduleOf(controller: new () => object) {
  class SampleModule {}
  Module({ controllers: [controller] })(SampleModule);
  return SampleModule;
}

async function link(service: string) {
  const connected = await connectNats({ servers: [url], service });
  onTestFinished(() => connected.close());
  return connected;
}

async function ours() {
  const strategy = new NatsStrategy(new NatsResponder(await link('service')));
  const app = await NestFactory.createMicroservice(moduleOf(SampleController), { strategy, logger: false });
  await app.listen();
  onTestFinished(() => app.close());
  return app;
}

describe.skipIf(missing !== undefined)(`Nest over NATS${missing === undefined ? '' : ` (${missing})`}`, () => {
  it('serves the methods of a controller', async () => {
    const app = await ours();
    const client = new NatsClient(await link('gateway'));
    const context = someContext();
    expect(await client.request(echo, { text: 'a' }, context)).toEqual({ ok: true, value: { text: 'a, 1' } });
    expect(app.get(SampleController).asked).toEqual([context]);
    await app.close();
    expect(await client.request(echo, { text: 'a' }, someContext())).toMatchObject({
      error: { code: 'service.unavailable' },
    });
  });

  it("answers Nest's own client", async () => {
    await ours();
    const client = new ClientNats({ servers: [url] });
    onTestFinished(() => client.close());
    const envelope = { payload: { text: 'a' }, context: someContext() };
    const answer = firstValueFrom(client.send(echo.subject, envelope).pipe(timeout(5000)));
    expect(await answer).toEqual({ ok: true, value: { text: 'a, 1' } });
  });

  it("asks Nest's own server", async () => {
    class Plain {
      answer({ payload }: { payload: { text: string } }) {
        return succeed({ text: `${payload.text} of Nest` });
      }
    }
    const method = Object.getOwnPropertyDescriptor(Plain.prototype, 'answer');
    if (method !== undefined) MessagePattern(echo.subject)(Plain.prototype, 'answer', method);
    Controller()(Plain);
    const strategy = new ServerNats({ servers: [url] });
    const app = await NestFactory.createMicroservice(moduleOf(Plain), { strategy, logger: false });
    await app.listen();
    onTestFinished(() => app.close());
    const client = new NatsClient(await link('gateway'));
    expect(await client.request(echo, { text: 'a' }, someContext())).toEqual(succeed({ text: 'a of Nest' }));
  });
});

afterAll(async () => {
  if (!isMissing(server)) await server.stop();
});
