import { parseStreamName } from '@evident/domain';
import type { JsonObject, StoredEvent } from '@evident/event-store';

/** Whose keys an event needs to be read whole: of its sealed members, and of the client that was seen. */
export function sealedPersons({ data, metadata, stream }: StoredEvent): readonly string[] {
  const persons: string[] = [];
  const sealed = data.sealed;
  if (isObject(sealed)) persons.push(personIn(sealed) ?? parseStreamName(stream)?.id ?? '');
  if (metadata.sealedClient !== undefined) persons.push(personIn(metadata.sealedClient) ?? '');
  return persons.filter((person) => person !== '');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function personIn({ person }: JsonObject): string | undefined {
  return typeof person === 'string' ? person : undefined;
}
