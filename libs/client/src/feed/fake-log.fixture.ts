import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect } from 'vitest';
import type { CloudEvent } from '../cloud-event.ts';
import { memoryCheckpoint } from './checkpoint.ts';
import { subscribe } from './subscribe.ts';
import type { SubscribeOptions, Subscription } from './subscription.ts';

/** `GET /events` of a log that holds these. */
export class FakeLog {
  readonly events: CloudEvent[] = [];
  readonly asked: string[] = [];
  readonly subscriptions: Subscription[] = [];
  logId = 'a';
  status = 200;
  #server: Server | undefined;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      this.asked.push(String(request.headers.authorization));
      const after = searchParams.get('after') ?? '';
      const isChanged = after.includes('~') && !after.startsWith(`${this.logId}~`);
      const status = isChanged ? 410 : this.status;
      response.writeHead(status, { 'content-type': 'application/json' });
      const later = this.events.filter((event) => (after.includes('~') ? event.position > after : event.time > after));
      const events = later.slice(0, 3);
      const next = events.at(-1)?.position ?? (after === '' ? null : after);
      const problem = { code: isChanged ? 'log.changed' : 'caller.bad-credential', detail: 'refused' };
      response.end(JSON.stringify(status === 200 ? { events, next, caughtUp: later.length <= 3 } : problem));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
  }

  get url(): string {
    const { port } = (this.#server as Server).address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  add(type: string, time = new Date().toISOString()): CloudEvent {
    const n = String(this.events.length + 1).padStart(4, '0');
    const event: CloudEvent = {
      specversion: '1.0',
      id: `00000000-0000-4000-8000-00000000${n}`,
      type,
      source: '/tenants/main',
      subject: 'user:7',
      time,
      dataschema: `urn:evident:${type}:1`,
      datacontenttype: 'application/json',
      data: {},
      position: `${this.logId}~${n}`,
      revision: 0,
      actor: 'system',
      commandid: n,
      correlationid: n,
    };
    this.events.push(event);
    return event;
  }

  follow(options: Partial<SubscribeOptions>, handled: string[]): Subscription {
    const subscription = subscribe({
      url: this.url,
      token: 'key',
      durable: 'spec',
      checkpoint: memoryCheckpoint(),
      firstPauseMs: 1,
      handle: (event) => handled.push(event.position),
      ...options,
    });
    this.subscriptions.push(subscription);
    return subscription;
  }

  async end(): Promise<void> {
    for (const subscription of this.subscriptions) await subscription.stop();
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

/** A log for each test of the file, and the positions that were handled in it. */
export function freshLog() {
  let log = new FakeLog();
  let handled: string[] = [];
  beforeEach(async () => {
    log = new FakeLog();
    handled = [];
    await log.start();
  });
  afterEach(() => log.end());
  return {
    get log() {
      return log;
    },
    get handled() {
      return handled;
    },
    positions: () => log.events.map(({ position }) => position),
    untilHandled: (count: number) => expect.poll(() => handled.length).toBe(count),
    follow: (options: Partial<SubscribeOptions>) => log.follow(options, handled),
  };
}
