import { once } from 'node:events';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { type ProposedEvent, type ScriptedEvent, ScriptedLog } from './scripted-log.fixture.ts';
import {
  appended,
  confirmation,
  expectationIn,
  proposedIn,
  readEvent,
  streamNameIn,
  streamNotFound,
  wrongVersion,
} from './scripted-messages.fixture.ts';

type AppendRequest = InstanceType<typeof streams.AppendReq>;
type AppendResponse = InstanceType<typeof streams.AppendResp>;
type ReadRequest = InstanceType<typeof streams.ReadReq>;
type ReadResponse = InstanceType<typeof streams.ReadResp>;
type Reading = ServerWritableStream<ReadRequest, ReadResponse>;

/** What a server says instead of an answer. */
export interface ScriptedFailure {
  readonly code: status;
  /** How EventStoreDB names what it says: `not-leader`, `stream-deleted`, … */
  readonly exception?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What becomes of one call. `written` first does what was asked for, and then does not say so. */
export type ScriptedTurn =
  | { readonly fail: ScriptedFailure; readonly written?: boolean }
  | { readonly silent: true; readonly written?: boolean };

/**
 * A server that speaks the client's own gRPC definitions and does as it is told. It is no EventStoreDB, and what passes
 * on it shows how our adapter uses the client, and what it makes of each answer: nothing about the server.
 */
export class ScriptedServer {
  readonly log = new ScriptedLog();
  /** Turns of the next appends and reads, first come first served; a usual answer where there is none. */
  readonly appends: ScriptedTurn[] = [];
  readonly reads: ScriptedTurn[] = [];
  /** Events after which the next subscription is dropped, as one that is too slow. */
  dropAfter: number | undefined;
  subscriptions = 0;
  #server: Server | undefined;
  #port = 0;
  #thawed: PromiseWithResolvers<void> | undefined;
  readonly #live = new Set<Reading>();

  static async start(): Promise<ScriptedServer> {
    const scripted = new ScriptedServer();
    await scripted.restart();
    return scripted;
  }

  /** Subscriptions that are open now. */
  get live(): number {
    return this.#live.size;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.#port}?tls=false`;
  }

  /** Listens on the same port with the same events. */
  async restart(): Promise<void> {
    const server = new Server();
    server.addService(streamsService.StreamsService as never, {
      append: (call: ServerReadableStream<AppendRequest, AppendResponse>, answer: sendUnaryData<AppendResponse>) =>
        void this.#append(call, answer),
      read: (call: Reading) => void this.#read(call),
    });
    this.#port = await new Promise((resolve, reject) => {
      const credentials = ServerCredentials.createInsecure();
      server.bindAsync(`127.0.0.1:${this.#port}`, credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    this.#server = server;
  }

  /** Breaks off every call, and listens no more. */
  stop(): void {
    this.#live.clear();
    this.#server?.forceShutdown();
    this.#server = undefined;
  }

  /** Takes calls and answers none. */
  freeze(): void {
    this.#thawed ??= Promise.withResolvers<void>();
  }

  thaw(): void {
    this.#thawed?.resolve();
    this.#thawed = undefined;
  }

  dropSubscriptions(failure: ScriptedFailure = tooSlow): void {
    for (const call of [...this.#live]) this.#drop(call, failure);
  }

  async #append(call: ServerReadableStream<AppendRequest, AppendResponse>, answer: sendUnaryData<AppendResponse>) {
    const events: ProposedEvent[] = [];
    let options: ReturnType<AppendRequest['getOptions']>;
    call.on('data', (request: AppendRequest) => {
      const proposed = request.getProposedMessage();
      if (proposed === undefined) options = request.getOptions();
      else events.push(proposedIn(proposed));
    });
    await once(call, 'end');
    await this.#thawed?.promise;
    const turn = this.appends.shift();
    const expected = expectationIn(options);
    const done = () => this.log.append(streamNameIn(options?.getStreamIdentifier()), events, expected);
    if (turn !== undefined) {
      if (turn.written === true) done();
      if ('fail' in turn) answer(errorOf(turn.fail));
      return;
    }
    const result = done();
    answer(null, typeof result === 'number' ? wrongVersion(result, expected) : appended(result));
  }

  async #read(call: Reading): Promise<void> {
    await this.#thawed?.promise;
    const turn = this.reads.shift();
    if (turn !== undefined) {
      if ('fail' in turn) call.emit('error', errorOf(turn.fail));
      return;
    }
    const options = call.request.getOptions();
    if (options?.hasSubscription()) this.#subscribe(call);
    else this.#answerRead(call, options);
  }

  #answerRead(call: Reading, options: ReturnType<ReadRequest['getOptions']>): void {
    const backwards = options?.getReadDirection() === 1;
    const count = Number(options?.getCount());
    const stream = options?.getStream();
    if (stream !== undefined) {
      const name = streamNameIn(stream.getStreamIdentifier());
      const all = this.log.stream(name);
      if (all.length === 0) call.write(streamNotFound(name));
      const first = this.log.firstOf(name);
      const from = stream.hasRevision() ? Number(stream.getRevision()) : backwards ? all.length - 1 : 0;
      // Both ways the event at the revision is the first one. Among all events those before the first are still shown.
      const found = (backwards ? all.slice(0, from + 1).reverse() : all.slice(from)).filter(
        ({ revision }) => revision >= first,
      );
      for (const event of found.slice(0, count)) call.write(readEvent(event));
    } else {
      const all = options?.getAll();
      const at = all?.hasPosition() ? BigInt(all.getPosition()?.getCommitPosition() ?? 0) : undefined;
      const found = backwards
        ? this.log.events.filter(({ position }) => at === undefined || position < at).reverse()
        : this.log.events.filter(({ position }) => at === undefined || position >= at);
      for (const event of found.slice(0, count)) call.write(readEvent(event));
    }
    call.end();
  }

  /** Exclusive of its position, and without the server's own events where the filter says so. */
  #subscribe(call: Reading): void {
    this.subscriptions += 1;
    const options = call.request.getOptions();
    const at = options?.getAll()?.hasPosition() ? options.getAll()?.getPosition()?.getCommitPosition() : undefined;
    let last = at === undefined ? -1n : BigInt(at);
    let left = this.dropAfter;
    this.dropAfter = undefined;
    const push = () => {
      for (const event of this.log.events.filter(({ position }) => position > last)) {
        if (!this.#live.has(call)) return;
        if (left === 0) return this.#drop(call, tooSlow);
        last = event.position;
        if (event.type.startsWith('$') && options?.hasFilter()) continue;
        if (left !== undefined) left -= 1;
        call.write(readEvent(event as ScriptedEvent));
      }
    };
    this.#live.add(call);
    call.write(confirmation());
    const forget = this.log.onAppend(() => void (this.#thawed?.promise ?? Promise.resolve()).then(push));
    call.on('cancelled', () => {
      forget();
      this.#live.delete(call);
    });
    push();
  }

  #drop(call: Reading, failure: ScriptedFailure): void {
    if (!this.#live.delete(call)) return;
    call.emit('error', errorOf(failure));
  }
}

const tooSlow: ScriptedFailure = { code: status.ABORTED };

function errorOf({ code, exception, metadata = {} }: ScriptedFailure) {
  const sent = new Metadata();
  if (exception !== undefined) sent.set('exception', exception);
  for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
  return Object.assign(new Error('scripted'), { code, details: 'scripted', metadata: sent });
}
