import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { NewEvent, StoredEvent } from './event-store.port.ts';

/** The part of an event that its author wrote, as canonical JSON: what the embedded log stores. */
export function canonicalEvent(event: NewEvent): string {
  const { id, type, schema, data, metadata } = event;
  return `{"data":${canonicalJson(data)},"id":${JSON.stringify(id)},"metadata":${canonicalJson({ ...metadata })},"schema":${schema},"type":${JSON.stringify(type)}}`;
}

/**
 * SHA-256, as 64 hex digits, of the canonical JSON of `{event, recordedAt, revision, stream}`. The position is left
 * out, so a digest stays the same through restore and migration; order is proven by the seals over the digests.
 */
export function digestOf(canonicalEventText: string, stream: string, revision: number, recordedAt: number): string {
  return hash(
    'sha256',
    `{"event":${canonicalEventText},"recordedAt":${recordedAt},"revision":${revision},"stream":${JSON.stringify(stream)}}`,
    'hex',
  );
}

/** The digest of an event as any adapter gives it back. */
export function eventDigest(event: StoredEvent): string {
  return digestOf(canonicalEvent(event), event.stream, event.revision, event.recordedAt);
}
