import { parseStreamName } from '@evident/domain';
import type { Log } from '@evident/log';
import type { DecodeBatch } from '@evident/read-model';
import { asProjected, UnreadableStoredEvent } from './decode-batch.ts';

/**
 * Decodes without opening what is sealed: for projections that read nothing personal, and have to take in everything
 * that happened. Events with sealed members keep their data as it is stored, as do those that are asked for so.
 */
export function createDecodeUnopened({ codec }: Pick<Log, 'codec'>): DecodeBatch {
  return () => (stored, asStored) => {
    if (stored.data.sealed === undefined && asStored !== true) return asProjected(codec.decode(stored));
    const stream = parseStreamName(stored.stream);
    if (stream === undefined) throw new UnreadableStoredEvent(`${stored.stream} is not the name of a stream`);
    return { stored, type: stored.type, stream, data: stored.data };
  };
}
