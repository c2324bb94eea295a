import { NO_STREAM } from '@eventstore/db-client';
import type { EsdbConnection } from './esdb-connection.ts';
import { typeOf } from './esdb-fault.ts';
import type { EsdbReader } from './esdb-reader.ts';

/**
 * Sets with which revision a stream begins (`$tb` of its metadata), never an age or a count: the server would let go by
 * itself then. It hides what stands before it at once, and removes it from the disk, and from the order of all events,
 * with its next scavenge. Nobody else may write the metadata of streams.
 */
export async function truncateStream(
  connection: EsdbConnection,
  reader: EsdbReader,
  stream: string,
  before: number,
): Promise<number> {
  const { client, call } = connection;
  const doing = `letting go of the beginning of ${stream}`;
  for (;;) {
    const [end] = await reader.streamEnd(stream, 1);
    const found = await connection.inTime(doing, client.getStreamMetadata(stream, call));
    const present = found.metadata?.truncateBefore;
    const first = typeof present === 'number' ? present : 0;
    const wanted = Math.min(before, end?.revision ?? 0);
    if (wanted <= first) return first;
    const options = { ...call, expectedRevision: found.metastreamRevision ?? NO_STREAM } as const;
    try {
      const metadata = { ...found.metadata, truncateBefore: wanted };
      await connection.inTime(doing, client.setStreamMetadata(stream, metadata, options));
      return wanted;
    } catch (error) {
      // Somebody else was at it: what they set must not be taken back.
      if (typeOf(error) !== 'wrong-expected-version') throw error;
    }
  }
}
