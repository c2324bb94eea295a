import { feedSubjectsAbout } from '@evident/contracts';
import { parseStreamName, streams } from '@evident/domain';
import type { StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { ReadModelStore } from '@evident/read-model';
import type { FeedStream } from '@evident/transport';
import { sessionsView } from '../projections/sessions.projection.ts';

export interface Purging {
  readonly log: Pick<Log, 'store' | 'tenant'>;
  readonly store: Pick<ReadModelStore, 'find'>;
  readonly feed: Pick<FeedStream, 'purge'>;
}

/** Erasures that are purged once more at a start: a publisher may have died between a message and the purge. */
const lately = 50;
const sessionsAtOnce = 500;

/** Takes the messages about people out of the feed who were erased in this batch. */
export async function purgeErased(purging: Purging, batch: readonly StoredEvent[]): Promise<void> {
  for (const { type, stream } of batch) {
    const userId = parseStreamName(stream)?.id;
    if (type === 'user.erased' && userId !== undefined) await purgePerson(purging, userId);
  }
}

/** The same for the last erasures before. */
export async function purgeLately(purging: Purging): Promise<void> {
  const { store, tenant } = purging.log;
  for (const { type, data } of await store.readStreamEnd(streams.erasures(tenant), lately)) {
    if (type === 'erasure.completed' && typeof data.userId === 'string') await purgePerson(purging, data.userId);
  }
}

/** What is left is that the person was erased: the last message about them. */
async function purgePerson({ log, store, feed }: Purging, userId: string): Promise<void> {
  const about = (subject: string) => feedSubjectsAbout(log.tenant, subject);
  await feed.purge(about(`user:${userId}`), 1);
  await feed.purge(about(`signin:${userId}`), 0);
  const index = ['userUid', 'generation', 'endedAt', 'expiresAt'] as const;
  for (let skip = 0; ; skip += sessionsAtOnce) {
    const where = { userUid: userId };
    const sessions = await store.find(sessionsView, { index, where, skip, limit: sessionsAtOnce });
    for (const { key } of sessions) await feed.purge(about(`session:${key}`), 0);
    if (sessions.length < sessionsAtOnce) return;
  }
}
