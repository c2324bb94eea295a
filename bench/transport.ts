/**
 * What one request between two services costs: in process (plain, and through a Nest controller) and over a real
 * nats-server to another process (ours, and Nest's own client and server beside it).
 * `NODE_ENV=production node --conditions=@evident/source bench/transport.ts [requests]`
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { findSignIn, type RequestContext, succeed } from '@evident/contracts';
import { isMissing, startNatsServer } from '@evident/testing';
import { Handles, MessageHandlers, type RequestClient } from '@evident/transport';
import { InProcessStrategy, InProcessTransport } from '@evident/transport/in-process';
import { connectNats, NatsClient, NatsResponder } from '@evident/transport/nats';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientNats, MessagePattern, ServerNats } from '@nestjs/microservices';
import { firstValueFrom, timeout } from 'rxjs';

const query = { identifier: { kind: 'username' as const, lookup: 'a'.repeat(64) }, appId: randomUUID() };
const found = succeed({
  app: { uid: randomUUID(), revision: 1 },
  user: { uid: randomUUID(), revision: 3, passwordHash: 'x'.repeat(140) },
});
const context = (): RequestContext => ({
  tenant: 'main',
  deadline: Date.now() + 5000,
  correlationId: randomUUID(),
  commandId: randomUUID(),
  clientIp: '203.0.113.9',
});
const nestSubject = 'bench.nest';

class OurController {
  find() {
    return found;
  }
}

class NestController {
  find() {
    return found;
  }
}

/** Decorators by call: Node runs this file by stripping its types. */
function moduleOf(controller: typeof OurController, declare: (type: object, key: 'find', method: Method) => void) {
  const method = Object.getOwnPropertyDescriptor(controller.prototype, 'find');
  if (method !== undefined) declare(controller.prototype, 'find', method);
  Controller()(controller);
  class BenchModule {}
  Module({ controllers: [controller] })(BenchModule);
  return BenchModule;
}
type Method = TypedPropertyDescriptor<() => typeof found>;

interface Figure {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuUs: number;
}

/** A closed loop: `inFlight` callers, each asking again as soon as it was answered. */
async function measure(total: number, inFlight: number, ask: () => Promise<unknown>): Promise<Figure> {
  const run = async (count: number, times?: number[]) => {
    let left = count;
    const caller = async () => {
      while (left > 0) {
        left -= 1;
        const started = performance.now();
        await ask();
        times?.push(performance.now() - started);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, caller));
  };
  await run(Math.ceil(total / 5));
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const started = performance.now();
  await run(total, times);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  return { perSecond: total / seconds, p50: at(0.5), p99: at(0.99), cpuUs: (user + system) / total };
}

function print(name: string, inFlight: number, { perSecond, p50, p99, cpuUs }: Figure): void {
  const rate = Math.round(perSecond).toLocaleString('en').padStart(9);
  const each = `p50 ${p50.toFixed(3)} ms  p99 ${p99.toFixed(3)} ms  ${cpuUs.toFixed(1)} us of this process each`;
  console.log(`${name.padEnd(30)} ${String(inFlight).padStart(4)} in flight ${rate}/s  ${each}`);
}

async function answerIn(url: string, nest: boolean): Promise<void> {
  if (nest) {
    const strategy = new ServerNats({ servers: [url], queue: 'bench' });
    const app = await NestFactory.createMicroservice(moduleOf(NestController, MessagePattern(nestSubject)), {
      strategy,
      logger: false,
    });
    await app.listen();
  } else {
    const responder = new NatsResponder(await connectNats({ servers: [url], service: 'bench' }));
    await responder.serve(new MessageHandlers().add(findSignIn, () => found));
  }
  process.send?.('ready');
}

async function inResponder(url: string, kind: 'ours' | 'nest', body: () => Promise<void>): Promise<void> {
  const child = fork(import.meta.filename, ['answer', url, kind]);
  await once(child, 'message');
  await body();
  child.kill();
  await once(child, 'exit');
}

async function main(total: number): Promise<void> {
  const asking = (client: RequestClient) => async () => {
    const reply = await client.request(findSignIn, query, context());
    if (!reply.ok) throw new Error(reply.error.code);
  };
  console.log(`Node ${process.version}, NODE_ENV=${process.env.NODE_ENV ?? ''}, ${total} requests each`);
  const plain = new InProcessTransport();
  plain.serve(new MessageHandlers().add(findSignIn, () => found));
  print('in process', 1, await measure(total, 1, asking(plain)));
  const nested = new InProcessTransport();
  const app = await NestFactory.createMicroservice(moduleOf(OurController, Handles(findSignIn)), {
    strategy: new InProcessStrategy(nested),
    logger: false,
  });
  await app.listen();
  print('in process, Nest controller', 1, await measure(total, 1, asking(nested)));

  const server = await startNatsServer();
  if (isMissing(server)) {
    console.log(`NATS: not measured, ${server.missing}`);
    return;
  }
  await inResponder(server.url, 'ours', async () => {
    const link = await connectNats({ servers: [server.url], service: 'bench-client' });
    const client = new NatsClient(link);
    for (const inFlight of [1, 64, 256]) {
      print('NATS', inFlight, await measure(inFlight === 1 ? total / 10 : total, inFlight, asking(client)));
    }
    await link.close();
  });
  await inResponder(server.url, 'nest', async () => {
    const client = new ClientNats({ servers: [server.url] });
    await client.connect();
    const ask = () =>
      firstValueFrom(client.send(nestSubject, { payload: query, context: context() }).pipe(timeout(5000)));
    for (const inFlight of [1, 64, 256]) {
      print("NATS, Nest's own", inFlight, await measure(inFlight === 1 ? total / 10 : total, inFlight, ask));
    }
    await client.close();
  });
  await server.stop();
}

const [mode, url = '', kind = ''] = process.argv.slice(2);
if (mode === 'answer') await answerIn(url, kind === 'nest');
else await main(Number(mode ?? 50_000));
