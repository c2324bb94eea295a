import { BACKWARDS, END, NO_STREAM } from '@eventstore/db-client';
import type { EsdbConnection } from './esdb-connection.ts';
import { typeOf } from './esdb-fault.ts';
import type { EsdbReader } from './esdb-reader.ts';

/**
 * Sets with which revision a stream begins (`$tb` of its metadata), never an age or a count: the server would let go by
 * itself then. It hides what stands before it at once, and removes it from the disk, and from the order of all events,
 * with its next scavenge. Somebody else who sets it meanwhile is noticed, and never taken back.
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
    const { revision, metadata } = await readMetadata(connection, stream);
    const first = typeof metadata.$tb === 'number' ? metadata.$tb : 0;
    const wanted = Math.min(before, end?.revision ?? 0);
    if (wanted <= first) return first;
    const expectedRevision: bigint | typeof NO_STREAM = revision ?? NO_STREAM;
    const setting = client.setStreamMetadata(stream, { ...metadata, $tb: wanted }, { ...call, expectedRevision });
    try {
      await connection.inTime(doing, setting);
      return wanted;
    } catch (error) {
      if (typeOf(error) !== 'wrong-expected-version') throw error;
    }
  }
}

interface StreamMetadata {
  /** Of the last event of the stream that holds it; undefined where there is none. */
  readonly revision: bigint | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Not by the client's own reading of it, which gives the commit position of that event for its revision. */
async function readMetadata(connection: EsdbConnection, stream: string): Promise<StreamMetadata> {
  const { client, call } = connection;
  const options = { ...call, direction: BACKWARDS, fromRevision: END, maxCount: 1 } as const;
  const [found] = await connection.read(`reading the metadata of ${stream}`, () =>
    client.readStream(`$$${stream}`, options),
  );
  const { event } = found ?? {};
  return { revision: event?.revision, metadata: (event?.data ?? {}) as StreamMetadata['metadata'] };
}
