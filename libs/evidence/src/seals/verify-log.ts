import type { Seal } from '@evident/domain';
import { type EventStore, EventStoreFault, eventDigest, type Position, type StoredEvent } from '@evident/event-store';
import { MerkleRoot } from './merkle-tree.ts';
import { isSigned, sealDigest } from './seal-statement.ts';

/** One thing that is wrong with a log, and where. */
export interface LogFinding {
  readonly code:
    | 'damaged'
    | 'wrong-root'
    | 'wrong-order'
    | 'wrong-seal'
    | 'foreign-key'
    | 'gap'
    | 'cut-off'
    | 'missing-seal';
  readonly message: string;
  /** Of the seal that shows it. */
  readonly seal?: number;
  /** The first and the last event that it concerns. */
  readonly from?: string;
  readonly to?: string;
}

export interface LogReport {
  readonly events: number;
  readonly seals: number;
  /** Events after the last seal: nothing proves anything of them yet. */
  readonly unsealed: number;
  /** What is in the log is what was recorded, in the order in which it was. */
  readonly integrity: { readonly ok: boolean; readonly findings: readonly LogFinding[] };
  /** Nothing that is known to have been in the log is missing from it. */
  readonly completeness: { readonly ok: boolean; readonly findings: readonly LogFinding[] };
}

export interface LogToVerify {
  readonly tenant: string;
  readonly store: Pick<EventStore, 'readAll' | 'parsePosition' | 'compare'>;
  /** Seals of the log in its order, as they stand there. */
  readonly seals: AsyncIterable<Seal>;
  /** Names of the keys that are ours; a seal by any other is a forgery. */
  readonly trusted: ReadonlySet<string>;
  /** Seals that were kept elsewhere. */
  readonly kept: readonly Seal[];
  readonly report?: (events: number) => void;
}

const pageSize = 1_000;

/**
 * Holds a log against its seals: each signature and the chain from seal to seal, each root against the digests of the
 * events, and the seals that were kept elsewhere against those in the log. Needs the log and public keys, no server.
 * In the memory of one page, and of one number for each stream of two stretches.
 */
export async function verifyLog(log: LogToVerify): Promise<LogReport> {
  const integrity: LogFinding[] = [];
  const completeness: LogFinding[] = [];
  const kept = new Map(log.kept.map((seal) => [seal.number, seal]));
  const reader = new LogReader(log);
  let [seals, covered] = [0, 0];
  let previous: Seal | undefined;
  try {
    for await (const seal of log.seals) {
      integrity.push(...findingsAboutSeal(log, seal, previous));
      completeness.push(...againstKept(log.tenant, seal, kept.get(seal.number)));
      kept.delete(seal.number);
      const stretch = await reader.stretch(seal.count);
      integrity.push(...stretch.findings);
      if (stretch.count < seal.count) {
        completeness.push(cutOff(seal, reader.events));
      } else if (stretch.root !== seal.merkleRoot) {
        integrity.push(wrongRoot(seal, stretch));
      } else if (!isWhereItSays(log.store, seal, stretch)) {
        integrity.push({
          code: 'wrong-order',
          seal: seal.number,
          message: `Seal ${seal.number} is over other positions.`,
        });
      }
      previous = seal;
      seals += 1;
      covered += seal.count;
    }
    await reader.toTheEnd();
  } catch (fault) {
    if (!(fault instanceof EventStoreFault)) throw fault;
    integrity.push({ code: 'damaged', message: `${fault.message}; nothing after it was looked at.` });
  }
  for (const seal of kept.values()) {
    completeness.push({
      code: 'missing-seal',
      seal: seal.number,
      message: `Seal ${seal.number}, which was kept elsewhere, is not in the log.`,
      from: seal.from,
      to: seal.to,
    });
  }
  return {
    events: reader.events,
    seals,
    unsealed: Math.max(0, reader.events - covered),
    integrity: { ok: integrity.length === 0, findings: integrity },
    completeness: { ok: completeness.length === 0, findings: completeness },
  };
}

function findingsAboutSeal({ tenant, trusted }: LogToVerify, seal: Seal, previous: Seal | undefined): LogFinding[] {
  const about = { seal: seal.number, from: seal.from, to: seal.to };
  const findings: LogFinding[] = [];
  if (!trusted.has(seal.kid)) {
    const message = `Seal ${seal.number} is signed by the key ${seal.kid}, which is none of those that are trusted.`;
    findings.push({ code: 'foreign-key', ...about, message });
  }
  if (!isSigned(tenant, seal)) {
    findings.push({
      code: 'wrong-seal',
      ...about,
      message: `The signature of seal ${seal.number} is not of what it states.`,
    });
  }
  const number = (previous?.number ?? 0) + 1;
  const before = previous === undefined ? 0 : previous.before + previous.count;
  const chained = seal.previous === (previous === undefined ? null : sealDigest(tenant, previous));
  if (seal.number !== number || seal.before !== before || !chained) {
    const message = `Seal ${seal.number} does not follow ${previous === undefined ? 'the beginning' : `seal ${previous.number}`}.`;
    findings.push({ code: 'gap', ...about, message });
  }
  return findings;
}

function againstKept(tenant: string, seal: Seal, kept: Seal | undefined): LogFinding[] {
  if (kept === undefined || sealDigest(tenant, kept) === sealDigest(tenant, seal)) return [];
  const message = `Seal ${seal.number} in the log is another than the one that was kept elsewhere: the log was replaced.`;
  return [{ code: 'missing-seal', seal: seal.number, message, from: kept.from, to: kept.to }];
}

function cutOff(seal: Seal, events: number): LogFinding {
  const message = `The log ends after ${events} events; seal ${seal.number} covers ${seal.before + seal.count}.`;
  return { code: 'cut-off', seal: seal.number, message, from: seal.from, to: seal.to };
}

function wrongRoot(seal: Seal, { first, last }: Stretch): LogFinding {
  const message =
    `The ${seal.count} events from ${first?.position} to ${last?.position} are not those of seal ${seal.number}: ` +
    'one was changed, removed, added or moved.';
  return {
    code: 'wrong-root',
    seal: seal.number,
    message,
    from: first?.position ?? seal.from,
    to: last?.position ?? seal.to,
  };
}

/** A log that was restored or migrated has other positions; its events are the same. */
function isWhereItSays(store: LogToVerify['store'], seal: Seal, { first, last }: Stretch): boolean {
  const position = store.parsePosition(seal.to);
  if (position === undefined || typeof store.compare(position, position) !== 'number') return true;
  return first?.position === seal.from && last?.position === seal.to;
}

interface Stretch {
  readonly count: number;
  readonly root: string | undefined;
  readonly first: StoredEvent | undefined;
  readonly last: StoredEvent | undefined;
  readonly findings: readonly LogFinding[];
}

/** Reads the log once, stretch by stretch. */
class LogReader {
  readonly #log: LogToVerify;
  #page: readonly StoredEvent[] = [];
  #next = 0;
  #after: Position | undefined;
  #ended = false;
  /** Where streams ended in the stretch before. */
  #earlier: ReadonlyMap<string, number> = new Map();
  events = 0;

  constructor(log: LogToVerify) {
    this.#log = log;
  }

  async stretch(count: number): Promise<Stretch> {
    const tree = new MerkleRoot();
    const revisions = new Map<string, number>();
    const findings: LogFinding[] = [];
    let [first, last]: (StoredEvent | undefined)[] = [];
    while (tree.count < count) {
      const event = await this.#read();
      if (event === undefined) break;
      first ??= event;
      last = event;
      tree.add(eventDigest(event));
      const before = revisions.get(event.stream) ?? this.#earlier.get(event.stream) ?? event.revision - 1;
      const expected = before + 1;
      if (event.revision !== expected) findings.push(outOfOrder(event, expected));
      revisions.set(event.stream, event.revision);
    }
    this.#earlier = revisions;
    return { count: tree.count, root: tree.count === 0 ? undefined : tree.root(), first, last, findings };
  }

  async toTheEnd(): Promise<void> {
    while ((await this.#read()) !== undefined);
  }

  async #read(): Promise<StoredEvent | undefined> {
    if (this.#next === this.#page.length && !this.#ended) {
      const page = await this.#log.store.readAll(this.#after, pageSize);
      if ('outcome' in page) throw new EventStoreFault('log-changed', 'the log was replaced while it was read');
      this.#page = page;
      this.#next = 0;
      this.#after = page.at(-1)?.position ?? this.#after;
      this.#ended = page.length === 0;
      this.#log.report?.(this.events);
    }
    const event = this.#page[this.#next];
    if (event === undefined) return undefined;
    this.#next += 1;
    this.events += 1;
    return event;
  }
}

function outOfOrder({ stream, revision, position }: StoredEvent, expected: number): LogFinding {
  const message = `At ${position} stands revision ${revision} of ${stream}, where revision ${expected} belongs.`;
  return { code: 'wrong-order', message, from: position, to: position };
}
