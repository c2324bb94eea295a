import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore, Position } from '@evident/event-store';
import type { Log } from '@evident/log';
import { compareRows, type ProjectedLog, type ReadModelStore, runProjections, viewId } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { createDecodeBatch } from '../projections/decode-batch.ts';
import { createDecodeUnopened } from '../projections/decode-unopened.ts';
import { projectionGroups } from '../projections/groups.ts';
import { shownKey } from '../projections/identifiers.projection.ts';
import { discardedSoFar } from './decided-operations.ts';

export interface VerifiedRows {
  readonly rows: number;
  readonly differing: number;
  /** The first hundred; `kind` is of the rows that lie there. */
  readonly differences: readonly DifferingRow[];
  /** False where the rows moved on meanwhile: a server is at work, which verifies its rows itself. */
  readonly stoodStill: boolean;
}

export interface DifferingRow {
  readonly view: string;
  readonly key: string;
  readonly kind: 'missing' | 'unexplained' | 'different';
}

export interface VerifyAtHandOptions {
  readonly group: keyof typeof projectionGroups;
  readonly log: Log;
  readonly store: ReadModelStore;
  /** Where the rows stand. */
  readonly end: Position;
  readonly report: (done: number) => void;
}

const listed = 100;
const dayMs = 24 * 3_600_000;

/** Builds the rows of a group in a place of their own, as far as those that lie there have come, and compares. */
export async function verifyAtHand({ group, log, store, end, report }: VerifyAtHandOptions): Promise<VerifiedRows> {
  const folder = mkdtempSync(join(tmpdir(), 'evident-verify-'));
  const scratch = await openEmbeddedReadModel({ path: join(folder, 'rows.db') });
  try {
    await build({ group, log, store: scratch, end, report });
    const { rows, suspects } = await compareRows(projectionGroups[group], store, scratch);
    const differences: DifferingRow[] = [];
    for (const { view, key } of suspects.slice(0, listed)) {
      const [there, rebuilt] = [await store.get({ ...view }, key), await scratch.get({ ...view }, key)];
      const kind = there === undefined ? 'missing' : rebuilt === undefined ? 'unexplained' : 'different';
      differences.push({ view: viewId(view), key: shownKey(viewId(view), key), kind });
    }
    const stoodStill = (await store.readCheckpoint(group))?.position === end;
    return { rows, differing: suspects.length, differences, stoodStill };
  } finally {
    await scratch.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function build({ group, log, store, end, report }: VerifyAtHandOptions): Promise<void> {
  const projections = projectionGroups[group];
  let done = 0;
  const onBatch = ({ events }: { readonly events: number }) => {
    done += events;
    report(done);
  };
  const runner = runProjections({
    group,
    projections,
    events: upTo(log.store, end),
    store,
    decode: group === 'evidence' ? createDecodeUnopened(log) : createDecodeBatch(log),
    passOver: await discardedSoFar(log, projections),
    hooks: { onBatch },
  });
  const reached = await runner.reached(end, dayMs);
  await runner.stop();
  if (reached !== 'reached') throw new Error(`the rows could not be built: ${reached}`);
}

/** The log as it was when it ended there. */
function upTo(store: EventStore, end: Position): ProjectedLog {
  return {
    async *follow(after, options) {
      for await (const batch of store.follow(after, options)) {
        const within = batch.filter(({ position }) => position <= end);
        if (within.length > 0) yield within;
        if (within.at(-1)?.position === end || within.length < batch.length) break;
      }
      if (!options.signal.aborted) await once(options.signal, 'abort');
    },
    lastPosition: async () => end,
    compare: (one, other) => store.compare(one, other),
    readAll: (after, limit) => store.readAll(after, limit),
    readStream: (stream, options) => store.readStream(stream, options),
  };
}
