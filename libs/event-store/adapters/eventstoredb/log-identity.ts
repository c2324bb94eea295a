import { NO_STREAM } from '@eventstore/db-client';
import { EventStoreFault } from '../../src/event-store.port.ts';
import { newLogId } from '../../src/log-id.ts';
import { EsdbConnection } from './esdb-connection.ts';
import { typeOf } from './esdb-fault.ts';

/** The log's id is metadata of a stream without events, so that it is no event of the log. */
const stream = 'evident-log';
const form = 1;

/** The id of the log, made where it has none. Of several who make it at once one wins. */
export async function readOrMakeLogId(connection: EsdbConnection): Promise<string> {
  const known = await readLogId(connection);
  if (known !== undefined) return known;
  const { client, call } = connection;
  const made = client.setStreamMetadata(stream, { logId: newLogId(), form }, { ...call, expectedRevision: NO_STREAM });
  try {
    await connection.inTime('giving the log its id', made);
  } catch (error) {
    if (typeOf(error) !== 'wrong-expected-version') throw error;
  }
  const settled = await readLogId(connection);
  if (settled !== undefined) return settled;
  throw new EventStoreFault('unavailable', 'EventStoreDB did not keep the id of the log');
}

/** Undefined where the database is new. */
export async function readLogId(connection: EsdbConnection): Promise<string | undefined> {
  const { client, call } = connection;
  const reading = client.getStreamMetadata<{ logId?: unknown; form?: unknown }>(stream, call);
  const { metadata } = await connection.inTime('reading the id of the log', reading);
  if (metadata === undefined) return undefined;
  if (typeof metadata.logId === 'string' && metadata.form === form) return metadata.logId;
  throw new EventStoreFault('misuse', `the stream ${stream} was not written by this version of Evident`);
}

/**
 * Gives a log that was restored from a backup an id of its own, so that positions from before, which may name events
 * it does not have, are refused. Stop every service first. Gives the new id.
 */
export async function adoptNewLogId(url: string): Promise<string> {
  const connection = new EsdbConnection(url, 10_000);
  try {
    const logId = newLogId();
    const set = connection.client.setStreamMetadata(stream, { logId, form }, connection.call);
    await connection.inTime('giving the log a new id', set);
    return logId;
  } finally {
    await connection.dispose();
  }
}
