import { join } from 'node:path';
import { fileCheckpoint } from './checkpoint.ts';
import { EventLog } from './event-log.ts';
import { EventStream } from './event-stream.ts';
import { Following, type SubscribeOptions, type Subscription } from './subscription.ts';
import { wantedTypes } from './wanted-types.ts';

/**
 * Follows what happens in Evident: every event of the types wanted, one at a time, in order, at least once, from any
 * place. Live from JetStream; from `GET /events` what JetStream has let go of, and everything where no `servers` are
 * given. A handler that fails is tried again and, after `maxAttempts`, ends the subscription at that event.
 *
 * Throws a `TypeError` where the options make no sense; everything later is told by `closed`.
 */
export function subscribe(options: SubscribeOptions): Subscription {
  const { servers, natsCredential, url, token, durable, tenant = 'main', fetch } = options;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(durable)) throw new TypeError('durable must be 1 to 64 letters, digits, - or _');
  if ((url === undefined) !== (token === undefined)) throw new TypeError('url and token go together');
  if (servers === undefined && url === undefined) throw new TypeError('give servers, or url and token, or all three');
  const types = wantedTypes(options.types);
  const checkpoint = options.checkpoint ?? fileCheckpoint(join('.evident', `${durable}.json`));
  const stream =
    servers === undefined ? undefined : new EventStream({ servers, natsCredential, tenant, types, name: durable });
  const log =
    url === undefined || token === undefined
      ? undefined
      : new EventLog({ url, token, types: types.patterns, ...(fetch === undefined ? {} : { fetch }) });
  return new Following(options, { log, stream, types, checkpoint });
}
