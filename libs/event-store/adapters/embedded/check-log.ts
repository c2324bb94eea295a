import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { digestOf } from '../../src/event-digest.ts';
import { openLogFile } from './log-file.ts';
import { printPosition } from './place.ts';
import { keepsOrigins } from './schema.ts';
import { Truncations } from './truncations.ts';

export interface LogCheck {
  readonly logId: string;
  readonly events: number;
  readonly streams: number;
  /** What is wrong, in words that name the place; empty where the log is whole. At most 100 are listed. */
  readonly problems: readonly string[];
}

export interface LogCheckProgress {
  readonly checked: number;
  readonly of: number;
}

type Row = Record<string, SQLOutputValue>;

const chunk = 1000;
const mostProblems = 100;

/**
 * Reads the whole log: SQLite's own structure, every event against its digest, its place, the event before it in its
 * stream and its id, and every stream's end. Works on one moment of a log that is in use; while it runs the
 * write-ahead file cannot be emptied. Throws `EventStoreFault` where the file cannot be opened as a log at all.
 */
export async function checkEmbeddedLog(
  path: string,
  onProgress?: (progress: LogCheckProgress) => void,
): Promise<LogCheck> {
  const { database, logId } = openLogFile(path, true);
  try {
    const problems: string[] = [];
    database.exec('BEGIN');
    guarded(problems, 'structure', () => checkStructure(database, problems));
    const log = database.prepare('SELECT last_place FROM log').get();
    const of = Number(log?.last_place);
    let checked = 0;
    const truncations = new Truncations(database);
    const scan = new EventScan({ database, logId, problems, truncations });
    while (checked < of && problems.length < mostProblems) {
      const from = checked;
      guarded(problems, `events after place ${from}`, () => scan.check(from, Math.min(from + chunk, of)));
      checked = Math.min(from + chunk, of);
      onProgress?.({ checked, of });
      await nextTurn();
    }
    let streams = 0;
    guarded(problems, 'streams', () => {
      streams = checkStreams(database, { events: scan.events, truncations }, problems);
    });
    return { logId, events: scan.events, streams, problems: problems.slice(0, mostProblems) };
  } finally {
    database.close();
  }
}

/** What SQLite cannot even read is a problem to be listed beside the others. */
function guarded(problems: string[], what: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checkStructure(database: DatabaseSync, problems: string[]): void {
  for (const row of database.prepare(`PRAGMA integrity_check(${mostProblems})`).all()) {
    const said = String(row.integrity_check);
    if (said !== 'ok') problems.push(said);
  }
}

class EventScan {
  readonly #logId: string;
  readonly #problems: string[];
  readonly #truncations: Truncations;
  readonly #between;
  readonly #at;
  readonly #placeOfId;
  readonly #isCopied: boolean;
  #recordedAt = 0;
  events = 0;

  constructor({
    database,
    logId,
    problems,
    truncations,
  }: {
    readonly database: DatabaseSync;
    readonly logId: string;
    readonly problems: string[];
    readonly truncations: Truncations;
  }) {
    this.#logId = logId;
    this.#problems = problems;
    this.#truncations = truncations;
    this.#between = database.prepare('SELECT * FROM events WHERE place > ? AND place <= ? ORDER BY place');
    this.#at = database.prepare('SELECT stream, revision FROM events WHERE place = ?');
    this.#placeOfId = database.prepare('SELECT place FROM ids WHERE id = ?');
    this.#isCopied = keepsOrigins(database);
  }

  check(after: number, upTo: number): void {
    let due = after + 1;
    for (const row of this.#between.iterate(after, upTo)) {
      this.#checkGap(due, Number(row.place));
      due = Number(row.place) + 1;
      this.#checkEvent(row);
      this.events++;
    }
    this.#checkGap(due, upTo + 1);
  }

  /** Nothing is missing from a place up to another one but what was let go. */
  #checkGap(from: number, to: number): void {
    for (let last = from - 1; ; ) {
      const missing = this.#truncations.firstNotEmptied(last, to);
      if (missing === undefined || this.#problems.length >= mostProblems) return;
      this.#problem(missing, 'is missing');
      last = missing;
    }
  }

  #checkEvent(row: Row): void {
    const place = Number(row.place);
    const revision = Number(row.revision);
    const recordedAt = Number(row.recorded_at);
    if (digestOf(String(row.event), String(row.stream), revision, recordedAt) !== row.digest) {
      this.#problem(place, 'is not what was written');
      return;
    }
    // A log that was copied keeps the times of one whose clock may have gone back.
    if (recordedAt < this.#recordedAt && !this.#isCopied)
      this.#problem(place, 'was recorded before the event ahead of it');
    this.#recordedAt = recordedAt;
    const { id } = JSON.parse(String(row.event)) as { id: string };
    if (this.#placeOfId.get(Buffer.from(id.replaceAll('-', ''), 'hex'))?.place !== place)
      this.#problem(place, 'is not found by its id');
    if (revision === 0 || revision === this.#truncations.firstOf(String(row.stream))) return;
    const before = this.#at.get(Number(row.previous));
    if (before?.stream !== row.stream || before?.revision !== revision - 1)
      this.#problem(place, 'does not follow the one before it in its stream');
  }

  #problem(place: number, what: string): void {
    if (this.#problems.length < mostProblems)
      this.#problems.push(`the event at position ${printPosition(this.#logId, place)} ${what}`);
  }
}

/** Every stream's end is an event of that stream and revision, and together they account for every event that is left. */
function checkStreams(
  database: DatabaseSync,
  { events, truncations }: { readonly events: number; readonly truncations: Truncations },
  problems: string[],
): number {
  const wrong = database
    .prepare(
      `SELECT s.name FROM streams s LEFT JOIN events e ON e.place = s.place
       WHERE e.stream IS NOT s.name OR e.revision IS NOT s.revision LIMIT ${mostProblems}`,
    )
    .all();
  for (const { name } of wrong) problems.push(`stream ${name} does not end where it says`);
  const sums = database
    .prepare('SELECT count(*) AS streams, coalesce(sum(revision + 1), 0) AS events FROM streams')
    .get();
  const held = Number(sums?.events) - truncations.letGo();
  if (held !== events) problems.push(`the streams hold ${held} events, the log ${events}`);
  return Number(sums?.streams);
}
