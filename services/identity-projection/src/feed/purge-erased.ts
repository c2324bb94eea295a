import { setTimeout as sleep } from 'node:timers/promises';
import { feedSubjectsAbout } from '@evident/contracts';
import { parseStreamName, streams } from '@evident/domain';
import type { JsonObject, Position, StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { ReadModelStore, RowQuery, View } from '@evident/read-model';
import type { Logger } from '@evident/runtime';
import type { FeedStream } from '@evident/transport';
import { apiKeyHoldersView } from '../projections/api-key-holders.projection.ts';
import { sessionsView } from '../projections/sessions.projection.ts';
import type { Progress } from '../reading/progress.ts';

export interface Purging {
  readonly log: Pick<Log, 'store' | 'tenant'>;
  readonly store: Pick<ReadModelStore, 'find'>;
  readonly feed: Pick<FeedStream, 'erase' | 'purge'>;
  /** Of the views by which sessions and keys are found: those of `security`. */
  readonly rows: Pick<Progress, 'reached'>;
  readonly logger: Logger;
}

/** Erasures that are purged once more at a start: a publisher may have died between a message and the purge. */
const lately = 50;
const rowsAtOnce = 500;
/** How long is waited for rows at a time, and before what went wrong is tried again. */
const patienceMs = 1_000;

/**
 * Takes the messages about erased people out of the feed, and what they said out of its files. Those about a person go at
 * once. Which sessions and keys were theirs is known by rows, which may be behind, or be built anew for minutes: that is
 * waited for aside, and the feed goes on.
 */
export class ErasedPeople {
  readonly #purging: Purging;
  readonly #stopping = new AbortController();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(purging: Purging) {
    this.#purging = purging;
  }

  /** Of those who were erased in this batch. */
  async purgeIn(batch: readonly StoredEvent[]): Promise<void> {
    for (const { type, stream, position } of batch) {
      const userId = parseStreamName(stream)?.id;
      if (type === 'user.erased' && userId !== undefined) await this.#purge(userId, position);
    }
  }

  /** Of those who were erased last. */
  async purgeLately(): Promise<void> {
    const { store, tenant } = this.#purging.log;
    for (const { type, data, position } of await store.readStreamEnd(streams.erasures(tenant), lately)) {
      if (type === 'erasure.completed' && typeof data.userId === 'string') await this.#purge(data.userId, position);
    }
  }

  /** Gives up what waits; the next start takes it up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underWay.values());
  }

  /** What is left is that the person was erased: the last message about them. */
  async #purge(userId: string, position: Position): Promise<void> {
    await this.#eraseAbout(`user:${userId}`, 1);
    await this.#purgeAbout(`signin:${userId}`);
    if (this.#underWay.has(userId)) return;
    const rest = this.#purgeBelongings(userId, position).finally(() => this.#underWay.delete(userId));
    this.#underWay.set(userId, rest);
  }

  async #purgeBelongings(userId: string, position: Position): Promise<void> {
    const { rows, logger } = this.#purging;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const reached = await rows.reached(position, patienceMs);
        if (reached === 'log-changed') return;
        if (reached !== 'reached') {
          // Another process reads for these rows now, or they end.
          if (reached !== 'not-yet') await sleep(patienceMs, undefined, { signal });
          continue;
        }
        const index = ['userUid', 'generation', 'endedAt', 'expiresAt'] as const;
        for await (const id of this.#keysOf(sessionsView, { index, where: { userUid: userId } })) {
          await this.#purgeAbout(`session:${id}`);
        }
        const held = { index: ['holderName'] as const, where: { holderName: `user:${userId}` } };
        for await (const id of this.#keysOf(apiKeyHoldersView, held)) await this.#eraseAbout(`apikey:${id}`, 0);
        return;
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ error }, 'The messages about an erased person cannot be purged yet; it is tried again.');
        await sleep(patienceMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Of what names people by their id alone, and may be much. */
  async #purgeAbout(subject: string): Promise<void> {
    const { feed, log } = this.#purging;
    await feed.purge(feedSubjectsAbout(log.tenant, subject));
  }

  /** Of what says something of a person. */
  async #eraseAbout(subject: string, keep: number): Promise<void> {
    const { feed, log } = this.#purging;
    await feed.erase(feedSubjectsAbout(log.tenant, subject), keep);
  }

  async *#keysOf<Row extends JsonObject>(
    view: View<Row>,
    query: Pick<RowQuery<Row>, 'index' | 'where'>,
  ): AsyncGenerator<string> {
    const { store } = this.#purging;
    for (let skip = 0; ; skip += rowsAtOnce) {
      const found = await store.find(view, { ...query, skip, limit: rowsAtOnce });
      for (const { key } of found) yield key;
      if (found.length < rowsAtOnce) return;
    }
  }
}
