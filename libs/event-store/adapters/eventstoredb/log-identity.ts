import { NO_STREAM } from '@eventstore/db-client';
import { EventStoreFault } from '../../src/event-store.port.ts';
import { newLogId } from '../../src/log-id.ts';
import { EsdbConnection } from './esdb-connection.ts';
import { typeOf } from './esdb-fault.ts';

/** The log's identity is metadata of a stream without events, so that it is no event of the log. */
const stream = 'evident-log';
const form = 1;

export interface LogIdentity {
  readonly logId: string;
  /** Where the log is a copy: of which log, and how many events were copied once it is finished. */
  readonly copy?: { readonly source: string; readonly events?: number };
}

/** The id of the log, made where it has none. Of several who make it at once one wins. */
export async function readOrMakeLogId(connection: EsdbConnection, mayMake: boolean): Promise<string> {
  const known = await readIdentity(connection);
  if (known === undefined && !mayMake) throw new EventStoreFault('misuse', 'this EventStoreDB holds no log of Evident');
  const { logId, copy } = known ?? (await makeIdentity(connection, { logId: newLogId() }));
  if (copy === undefined || copy.events !== undefined) return logId;
  throw new EventStoreFault(
    'unavailable',
    `the copy of log ${copy.source} to this EventStoreDB is not finished: run evident migrate again`,
  );
}

export async function readLogId(connection: EsdbConnection): Promise<string | undefined> {
  return (await readIdentity(connection))?.logId;
}

/** Undefined where the database is new. */
export async function readIdentity(connection: EsdbConnection): Promise<LogIdentity | undefined> {
  const { client, call } = connection;
  const reading = client.getStreamMetadata<Partial<LogIdentity> & { form?: unknown }>(stream, call);
  const { metadata } = await connection.inTime('reading the id of the log', reading);
  if (metadata === undefined) return undefined;
  const { logId, copy } = metadata;
  if (typeof logId === 'string' && metadata.form === form) return copy === undefined ? { logId } : { logId, copy };
  throw new EventStoreFault('misuse', `the stream ${stream} was not written by this version of Evident`);
}

/** Gives a new database its identity, or finds the one that somebody gave it at the same moment. */
export async function makeIdentity(connection: EsdbConnection, identity: LogIdentity): Promise<LogIdentity> {
  try {
    await writeIdentity(connection, identity, NO_STREAM);
  } catch (error) {
    if (typeOf(error) !== 'wrong-expected-version') throw error;
  }
  const settled = await readIdentity(connection);
  if (settled !== undefined) return settled;
  throw new EventStoreFault('unavailable', 'EventStoreDB did not keep the id of the log');
}

export async function writeIdentity(
  connection: EsdbConnection,
  identity: LogIdentity,
  expectedRevision?: typeof NO_STREAM,
): Promise<void> {
  const { client, call } = connection;
  const options = expectedRevision === undefined ? call : { ...call, expectedRevision };
  await connection.inTime('giving the log its id', client.setStreamMetadata(stream, { ...identity, form }, options));
}

/**
 * Gives a log that was restored from a backup an id of its own, so that positions from before, which may name events
 * it does not have, are refused. Stop every service first. Gives the new id.
 */
export async function adoptNewLogId(url: string): Promise<string> {
  const connection = new EsdbConnection(url, 10_000);
  try {
    const known = await readIdentity(connection);
    if (known === undefined) throw new EventStoreFault('misuse', 'this EventStoreDB holds no log of Evident');
    const logId = newLogId();
    await writeIdentity(connection, { ...known, logId });
    return logId;
  } finally {
    await connection.dispose();
  }
}
