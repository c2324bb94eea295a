import { hash } from 'node:crypto';
import { inOrderOf } from './ordered-id.ts';

/** Namespace of every id that Evident derives. Changing it would make every retry a new event. */
const evidentNamespace = '6f1c2b1e-9a54-4f0c-8d0b-3c5e7a41d9f2';

const bytesOf = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex');
const evidentBytes = bytesOf(evidentNamespace);
const variantDigits = '89ab';

/** A name-based UUID (version 5, SHA-1) in lower case. Source: RFC 9562, section 5.5. */
export function uuid5(name: string, namespace: string = evidentNamespace): string {
  const bytes = namespace === evidentNamespace ? evidentBytes : bytesOf(namespace);
  const hex = hash('sha1', Buffer.concat([bytes, Buffer.from(name)]), 'hex');
  const variant = variantDigits[Number.parseInt(hex.charAt(16), 16) & 0x3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Id of the event at `index` that a command causes in one step on one stream. The same command has the same ids in
 * every attempt and in every process: that is what makes a retry harmless.
 */
export function eventId(commandId: string, stream: string, step: string, index: number): string {
  return inOrderOf(commandId, uuid5(JSON.stringify([commandId, stream, step, index])));
}
