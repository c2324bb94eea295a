import { hash } from 'node:crypto';

/** Namespace of every id that Evident derives. Changing it would make every retry a new event. */
const evidentNamespace = '6f1c2b1e-9a54-4f0c-8d0b-3c5e7a41d9f2';

/** A name-based UUID (version 5, SHA-1) in lower case. Source: RFC 9562, section 5.5. */
export function uuid5(name: string, namespace: string = evidentNamespace): string {
  const digest = hash(
    'sha1',
    Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name)]),
    'buffer',
  );
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * Id of the event at `index` that a command causes in one step on one stream. The same command has the same ids in
 * every attempt and in every process: that is what makes a retry harmless.
 */
export function eventId(commandId: string, stream: string, step: string, index: number): string {
  return uuid5(JSON.stringify([commandId, stream, step, index]));
}
