import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient, type MongoClientOptions, MongoServerSelectionError } from 'mongodb';

/** What a busy process may add to the longest silence, in milliseconds. */
const slackMs = 1_000;

/**
 * A client of the driver that begins anew where the driver no longer watches a server. It can come to that where a
 * connection breaks at the wrong instant (mongodb 7.9.0: a write to a socket that was just destroyed is waited for, for
 * ever); from then on no server is found, also once it is back. Collections stay good.
 */
export class MongodbClient {
  /** For databases, collections and events; what is asked of them goes through `ask`. */
  readonly driver: MongoClient;
  /** When its watch last gave a sign, by the address of each server; milliseconds of `performance.now`. */
  readonly #signs = new Map<string, number>();
  #lost = false;
  #beginning: Promise<void> | undefined;
  #open = true;

  /** Throws where the URL is none, as the driver does. */
  constructor(url: string, options: MongoClientOptions) {
    this.driver = new MongoClient(url, options);
    const seen = ({ connectionId: address }: { readonly connectionId: string }) =>
      this.#signs.set(address, performance.now());
    this.driver.on('serverHeartbeatStarted', seen);
    this.driver.on('serverHeartbeatSucceeded', seen);
    this.driver.on('serverHeartbeatFailed', seen);
    this.driver.on('serverClosed', ({ address }) => this.#signs.delete(address));
  }

  /** Does the work, having begun anew where that is needed. Rejects as the driver does. */
  async ask<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#lost) await this.#beginAnew();
    return this.noticed(work());
  }

  /** The same promise, of which it is noticed here how it ended: for what is given up before it ends. */
  async noticed<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof MongoServerSelectionError && this.#isUnwatched()) this.#lost = true;
      throw error;
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#open = false;
    await this.driver.close();
  }

  /** Between two signs lie the pause of the watch and, where a server is silent, one attempt to connect and greet it. */
  #isUnwatched(): boolean {
    const { connectTimeoutMS, heartbeatFrequencyMS } = this.driver.options;
    const earliest = performance.now() - heartbeatFrequencyMS - 2 * connectTimeoutMS - slackMs;
    return [...this.#signs.values()].some((at) => at < earliest);
  }

  #beginAnew(): Promise<void> {
    this.#beginning ??= this.#reconnect().finally(() => {
      this.#beginning = undefined;
    });
    return this.#beginning;
  }

  async #reconnect(): Promise<void> {
    this.#signs.clear();
    // It takes leave of a server that may never answer.
    await Promise.race([this.driver.close(), pause(this.driver.options.connectTimeoutMS, undefined, { ref: false })]);
    if (!this.#open) return;
    await this.driver.connect();
    this.#lost = false;
    if (!this.#open) await this.driver.close();
  }
}
