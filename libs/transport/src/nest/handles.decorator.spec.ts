import { fail } from '@evident/contracts';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { expect, it } from 'vitest';
import { InProcessStrategy, InProcessTransport } from '../../adapters/in-process/index.ts';
import { SampleController } from '../../contract/sample.controller.ts';
import { echo, keep, someContext } from '../../contract/sample-contracts.ts';
import { bindHandlers, type TransportLogFields } from '../index.ts';

async function nestOn(transport: InProcessTransport, controller: new () => object) {
  class SampleModule {}
  Module({ controllers: [controller] })(SampleModule);
  const strategy = new InProcessStrategy(transport);
  const app = await NestFactory.createMicroservice(SampleModule, { strategy, logger: false, abortOnError: false });
  await app.listen();
  return app;
}

it('serves the methods of a controller without Nest', async () => {
  const transport = new InProcessTransport();
  transport.serve(bindHandlers(new SampleController()));
  expect(await transport.request(echo, { text: 'a' }, someContext())).toEqual({ ok: true, value: { text: 'a, 1' } });
});

it('serves them through Nest, with payload and context', async () => {
  const transport = new InProcessTransport();
  const app = await nestOn(transport, SampleController);
  const context = someContext();
  expect(await transport.request(echo, { text: 'a' }, context)).toEqual({ ok: true, value: { text: 'a, 1' } });
  expect(app.get(SampleController).asked).toEqual([context]);
  await app.close();
  expect(await transport.request(echo, { text: 'a' }, someContext())).toMatchObject({
    error: { code: 'service.unavailable' },
  });
});

it('logs the fault itself, though Nest stands between', async () => {
  const logged: TransportLogFields[] = [];
  const log = { info: () => {}, warn: () => {}, error: (fields: TransportLogFields) => void logged.push(fields) };
  const transport = new InProcessTransport({ log });
  const app = await nestOn(transport, SampleController);
  expect(await transport.request(keep, { anything: 1 }, someContext())).toEqual(fail('fault.internal'));
  await app.close();
  expect(logged.map(({ error }) => error)).toEqual([new RangeError('a bug of ours')]);
});

it('refuses to start with a handler that has no contract', async () => {
  class Undeclared {
    answer() {
      return { ok: true };
    }
  }
  const method = Object.getOwnPropertyDescriptor(Undeclared.prototype, 'answer');
  if (method !== undefined) MessagePattern('evident.undeclared')(Undeclared.prototype, 'answer', method);
  Controller()(Undeclared);
  await expect(nestOn(new InProcessTransport(), Undeclared)).rejects.toThrow('not declared with @Handles');
});

it('refuses two handlers of one message in a process', () => {
  expect(() => bindHandlers(new SampleController(), new SampleController())).toThrow('two handlers');
});
