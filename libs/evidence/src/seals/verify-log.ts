import type { Seal } from '@evident/domain';
import { EventStoreFault } from '@evident/event-store';
import { type NumberedEvent, numberedEvents } from '../retention/numbered-events.ts';
import { subjectOfStream } from '../subject.ts';
import type { LogFinding, LogReport, LogToVerify } from './log-report.ts';
import { MerkleRoot } from './merkle-tree.ts';
import { isSigned, sealDigest } from './seal-statement.ts';
import { VerifiedExpiries } from './verified-expiries.ts';

const pageSize = 1_000;

/**
 * Holds a log against its seals: each signature and the chain from seal to seal, each root against the digests of the
 * events, and the seals that were kept elsewhere against those in the log. What the log let go of counts by the digest
 * that its expiry kept. Needs the log and public keys, no server. In the memory of one page, of one number for each
 * stream of two stretches, and of one for each stream that was let go of.
 */
export async function verifyLog(log: LogToVerify): Promise<LogReport> {
  const integrity: LogFinding[] = [];
  const completeness: LogFinding[] = [];
  const kept = new Map(log.kept.map((seal) => [seal.number, seal]));
  const expiries = new VerifiedExpiries(log);
  const reader = new LogReader(log, expiries);
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
        completeness.push(cutOff(seal, reader.events + reader.letGo));
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
    integrity.push(...(await expiries.findings()));
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
  const { events, letGo } = reader;
  return {
    events,
    letGo,
    seals,
    unsealed: Math.max(0, events + letGo - covered),
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
  readonly first: NumberedEvent | undefined;
  readonly last: NumberedEvent | undefined;
  readonly findings: readonly LogFinding[];
}

/** Reads the log once, stretch by stretch. */
class LogReader {
  readonly #numbered: AsyncGenerator<NumberedEvent>;
  readonly #expiries: VerifiedExpiries;
  readonly #report: ((events: number) => void) | undefined;
  /** Where streams ended in the stretch before. */
  #earlier: ReadonlyMap<string, number> = new Map();
  events = 0;
  letGo = 0;

  constructor({ tenant, store, report }: LogToVerify, expiries: VerifiedExpiries) {
    this.#expiries = expiries;
    this.#report = report;
    this.#numbered = numberedEvents({ tenant, store, expired: (after) => expiries.attempts(after), page: pageSize });
  }

  async stretch(count: number): Promise<Stretch> {
    const tree = new MerkleRoot();
    const revisions = new Map<string, number>();
    const findings: LogFinding[] = [];
    let [first, last]: (NumberedEvent | undefined)[] = [];
    while (tree.count < count) {
      const event = await this.#read();
      if (event === undefined) break;
      first ??= event;
      last = event;
      tree.add(event.digest);
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

  async #read(): Promise<NumberedEvent | undefined> {
    const { value, done } = await this.#numbered.next();
    if (done === true) return undefined;
    if (value.event === undefined) {
      this.letGo += 1;
      this.#expiries.missing(value);
    } else {
      this.events += 1;
      if (this.events % pageSize === 1) this.#report?.(this.events - 1);
    }
    return value;
  }
}

function outOfOrder({ stream, revision, position }: NumberedEvent, expected: number): LogFinding {
  const subject = subjectOfStream(stream) ?? stream;
  const message = `At ${position} stands revision ${revision} of ${subject}, where revision ${expected} belongs.`;
  return { code: 'wrong-order', message, from: position, to: position };
}
