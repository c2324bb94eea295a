/**
 * The stream of events that downstream services follow, as its publisher writes it: messages in one order, each
 * appended only where the stream still ends where the publisher believes. Two publishers cannot both write.
 */
export interface FeedStream {
  /**
   * Makes the stream for this log where there is none, and brings its limits to what is configured. One that was made
   * for another log is thrown away and made anew, once: where it comes back, another deployment publishes too, and two that
   * threw away each other's would go on for ever. Then rejects with `FeedOfAnotherLog`. Waits for a server that is away;
   * rejects when `signal` aborts.
   */
  open(logId: string, signal: AbortSignal): Promise<FeedEnd>;

  /**
   * Appends in order after the message of this sequence, durable when it resolves. `moved-on`: the stream ends
   * elsewhere, because another publisher wrote, or because an earlier append was written although its answer was lost;
   * some of these messages may be there. Rejects where the server is away, and then nobody knows.
   */
  append(messages: readonly FeedMessage[], after: number): Promise<AppendedToFeed>;

  /**
   * Takes out the messages on a subject (a pattern of NATS) at once, for ever. The sequence of the stream goes on, and
   * their bytes lie in the files of the broker until it has a use for the room. Repeatable.
   */
  purge(subjects: string): Promise<void>;

  /**
   * Takes out the messages on a subject, all but the last `keep` of them, and overwrites their bytes: they say something
   * of a person who was erased. One by one, some milliseconds for each. Repeatable.
   */
  erase(subjects: string, keep: number): Promise<void>;

  /** Bytes that one message may have; undefined while there is no connection. */
  readonly maxMessageBytes: number | undefined;

  /** For readiness. */
  readonly connected: boolean;

  close(): Promise<void>;
}

/** The stream was ours, and another log's was put in its place. */
export class FeedOfAnotherLog extends Error {
  override readonly name = 'FeedOfAnotherLog';

  constructor(found: string) {
    super(`the stream of the feed was replaced (${found}): another deployment uses this account of the broker`);
  }
}

export interface FeedMessage {
  /** Id of the event: the same one a second time within the stream's window is not stored again. */
  readonly id: string;
  readonly subject: string;
  readonly body: string;
}

/** How the stream stands. */
export interface FeedEnd {
  /** When it was made: another time is another stream. */
  readonly created: string;
  /** Of the last message, also where it was purged or has expired since; 0 before the first. */
  readonly lastSequence: number;
  /** The last message that is still there. */
  readonly lastBody: string | undefined;
}

export type AppendedToFeed =
  | { readonly outcome: 'appended'; readonly lastSequence: number }
  | { readonly outcome: 'moved-on' };
