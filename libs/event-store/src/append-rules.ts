import type { Expected, NewEvent } from './event-store.port.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Why an append can never be made, or undefined where nothing speaks against trying. */
export function refusalOf(
  stream: string,
  events: readonly NewEvent[],
  expected: Expected,
  tenant: string | undefined,
): string | undefined {
  if (!isName(stream, 500)) return `${JSON.stringify(stream)} cannot name a stream`;
  if (events.length === 0) return `an append of no events to ${stream}`;
  if (typeof expected === 'object' && !(Number.isSafeInteger(expected.revision) && expected.revision >= 0)) {
    return `revision ${expected.revision} cannot be the end of a stream`;
  }
  const ids = new Set<string>();
  for (const { id, type, schema, metadata } of events) {
    if (!uuid.test(id)) return `${JSON.stringify(id)} is not a UUID in lower case`;
    if (ids.has(id)) return `event id ${id} twice in one append`;
    if (!isName(type, 200)) return `${JSON.stringify(type)} cannot name an event type`;
    if (!(Number.isSafeInteger(schema) && schema >= 1)) return `${schema} cannot be the schema number of ${type}`;
    if (tenant !== undefined && metadata.tenant !== tenant)
      return `an event of tenant ${metadata.tenant} in the log of ${tenant}`;
    ids.add(id);
  }
  return undefined;
}

/** Why a stream can never begin at that revision, or undefined where nothing speaks against it. */
export function refusalOfTruncation(stream: string, before: number): string | undefined {
  if (!isName(stream, 500)) return `${JSON.stringify(stream)} cannot name a stream`;
  if (Number.isSafeInteger(before) && before >= 0) return undefined;
  return `revision ${before} cannot be the beginning of a stream`;
}

function isName(text: string, longest: number): boolean {
  return text.length > 0 && text.length <= longest && text.isWellFormed() && !text.includes('\0');
}
