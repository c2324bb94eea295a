/**
 * Streams are named `<category>-<tenant>.<id>`, the id optional where the tenant has one stream of its kind
 * (`roster-main`). The tenant never holds a dot or a hyphen; an id may hold both.
 */
export interface StreamName {
  readonly category: string;
  readonly tenant: string;
  /** Empty where the tenant has one such stream. */
  readonly id: string;
}

export function streamName(category: string, tenant: string, id = ''): string {
  return id === '' ? `${category}-${tenant}` : `${category}-${tenant}.${id}`;
}

/** The parts of a stream's name, or undefined where it has not that form. */
export function parseStreamName(stream: string): StreamName | undefined {
  const match = /^([a-z]+)-([a-z0-9]+)(?:\.(.+))?$/.exec(stream);
  if (match === null) return undefined;
  return { category: match[1] ?? '', tenant: match[2] ?? '', id: match[3] ?? '' };
}
