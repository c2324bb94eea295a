import { feedStreamName, feedSubjects } from '@evident/contracts';
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import {
  type AppendedToFeed,
  type FeedEnd,
  type FeedMessage,
  FeedOfAnotherLog,
  type FeedStream,
} from '../../src/feed.port.ts';
import type { NatsLink } from './nats-link.ts';

export interface FeedRetention {
  /** Seconds, 0 for ever. */
  readonly maxAgeSeconds: number;
  /** Bytes, 0 without bound. */
  readonly maxBytes: number;
  readonly replicas: number;
}

export interface JetStreamFeedOptions {
  readonly retention: FeedRetention;
  /** The connection, once there is one; it may be waited for. */
  readonly link: (signal: AbortSignal) => Promise<NatsLink>;
  /** Nobody else uses the connection, so it is closed with the feed. */
  readonly closesLink?: boolean;
  /** Messages on the way at once. */
  readonly inFlight?: number;
  /** How long the broker may take for an answer. */
  readonly answerWithinMs?: number;
}

const nanosecondsPerSecond = 1_000_000_000;
/** How long JetStream itself recognises an id a second time. */
const duplicateWindowSeconds = 120;
const usualAnswerMs = 5_000;
const streamNotFound = 10_059;
const sequenceNotFound = 10_043;
const wrongLastSequence: ReadonlySet<number> = new Set([10_071, 10_164]);

/** The feed on JetStream. Fenced by the stream's expected last sequence: a publisher that was overtaken writes nothing. */
export class JetStreamFeed implements FeedStream {
  readonly #options: JetStreamFeedOptions;
  #link: NatsLink | undefined;
  #client: JetStreamClient | undefined;
  /** The stream of this log has been there. */
  #wasOurs = false;

  constructor(options: JetStreamFeedOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#link?.status === 'connected';
  }

  get maxMessageBytes(): number | undefined {
    return this.#link?.connection.info?.max_payload;
  }

  async open(logId: string, signal: AbortSignal): Promise<FeedEnd> {
    const { link, answerWithinMs: timeout = usualAnswerMs } = this.#options;
    this.#link ??= await link(signal);
    this.#client = jetstream(this.#link.connection, { timeout });
    const manager = await jetstreamManager(this.#link.connection, { timeout });
    const config = configFor(logId, this.#options.retention);
    const found = await infoOf(manager);
    if (found?.config.description !== config.description) {
      if (found !== undefined && this.#wasOurs) throw new FeedOfAnotherLog(found.config.description ?? '');
      if (found !== undefined) await manager.streams.delete(feedStreamName);
      const made = await manager.streams.add(config);
      this.#wasOurs = true;
      return endOf(made, undefined);
    }
    this.#wasOurs = true;
    const info = isAsConfigured(found.config, config) ? found : await manager.streams.update(feedStreamName, config);
    return endOf(info, await lastBody(manager, info));
  }

  async append(messages: readonly FeedMessage[], after: number): Promise<AppendedToFeed> {
    let sequence = after;
    const { inFlight = 256 } = this.#options;
    for (let from = 0; from < messages.length; from += inFlight) {
      const outcome = await this.#appendTogether(messages.slice(from, from + inFlight), sequence);
      if (outcome.outcome !== 'appended') return outcome;
      sequence = outcome.lastSequence;
    }
    return { outcome: 'appended', lastSequence: sequence };
  }

  async purge(subjects: string): Promise<void> {
    const manager = await this.#manager();
    await manager.streams.purge(feedStreamName, { filter: subjects });
  }

  async erase(subjects: string, keep: number): Promise<void> {
    const manager = await this.#manager();
    const sequences = await sequencesOf(manager, subjects);
    for (const sequence of sequences.slice(0, sequences.length - keep)) await overwrite(manager, sequence);
  }

  async close(): Promise<void> {
    this.#client = undefined;
    if (this.#options.closesLink === true) await this.#link?.close();
  }

  async #manager(): Promise<JetStreamManager> {
    const { answerWithinMs: timeout = usualAnswerMs } = this.#options;
    if (this.#link === undefined) throw new Error('the feed is not open');
    return jetstreamManager(this.#link.connection, { timeout });
  }

  /** One connection keeps their order, and each expects the one before it: either all of a prefix is written or none. */
  async #appendTogether(messages: readonly FeedMessage[], after: number): Promise<AppendedToFeed> {
    const client = this.#client;
    if (client === undefined) throw new Error('the feed is not open');
    const answers = await Promise.allSettled(
      messages.map(({ id, subject, body }, place) =>
        client.publish(subject, body, { msgID: id, expect: { lastSequence: after + place } }),
      ),
    );
    for (const [place, answer] of answers.entries()) {
      if (answer.status === 'rejected') {
        if (isMovedOn(answer.reason)) return { outcome: 'moved-on' };
        throw answer.reason;
      }
      // Written before, or purged within the window: either way the stream does not end as was thought.
      if (answer.value.duplicate || answer.value.seq !== after + place + 1) return { outcome: 'moved-on' };
    }
    return { outcome: 'appended', lastSequence: after + messages.length };
  }
}

function configFor(logId: string, { maxAgeSeconds, maxBytes, replicas }: FeedRetention) {
  return {
    name: feedStreamName,
    // Names the log, on servers of every version: a stream of another one is not gone on with.
    description: `Events of Evident, log ${logId}`,
    subjects: [feedSubjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: maxAgeSeconds * nanosecondsPerSecond,
    max_bytes: maxBytes === 0 ? -1 : maxBytes,
    num_replicas: replicas,
    duplicate_window: duplicateWindow(maxAgeSeconds) * nanosecondsPerSecond,
    allow_direct: true,
  } satisfies Partial<StreamConfig>;
}

/** JetStream refuses a window that is longer than messages live. */
function duplicateWindow(maxAgeSeconds: number): number {
  return maxAgeSeconds === 0 ? duplicateWindowSeconds : Math.min(duplicateWindowSeconds, maxAgeSeconds);
}

function isAsConfigured(found: StreamConfig, wanted: ReturnType<typeof configFor>): boolean {
  return (['max_age', 'max_bytes', 'num_replicas', 'duplicate_window'] as const).every(
    (member) => found[member] === wanted[member],
  );
}

async function infoOf(manager: JetStreamManager): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(feedStreamName);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === streamNotFound) return undefined;
    throw error;
  }
}

async function lastBody(manager: JetStreamManager, { state }: StreamInfo): Promise<string | undefined> {
  if (state.messages === 0) return undefined;
  const last = await manager.streams.getMessage(feedStreamName, { last_by_subj: feedSubjects });
  return last?.string();
}

async function sequencesOf({ streams }: JetStreamManager, subjects: string): Promise<readonly number[]> {
  const sequences: number[] = [];
  for (;;) {
    // The driver knows the second member of direct questions alone, which a replica may answer that is behind.
    const next = { seq: (sequences.at(-1) ?? 0) + 1, next_by_subj: subjects };
    const found = await streams.getMessage(feedStreamName, next);
    if (found === null) return sequences;
    sequences.push(found.seq);
  }
}

async function overwrite({ streams }: JetStreamManager, sequence: number): Promise<void> {
  try {
    await streams.deleteMessage(feedStreamName, sequence, true);
  } catch (error) {
    // It has expired since, or another process erases too.
    if (!(error instanceof JetStreamApiError) || error.code !== sequenceNotFound) throw error;
  }
}

function endOf({ created, state }: StreamInfo, body: string | undefined): FeedEnd {
  return { created: String(created), lastSequence: state.last_seq, lastBody: body };
}

function isMovedOn(error: unknown): boolean {
  return error instanceof JetStreamApiError && wrongLastSequence.has(error.code);
}
