import type { ProjectedEvent } from '@evident/read-model';

/**
 * An event of the domain as projections see it. The decoder has held it against its definition, so its type tells
 * the shape of its data.
 */
export type Projected<Event extends { readonly type: string; readonly data: unknown }> = Event &
  Pick<ProjectedEvent, 'stored' | 'stream'>;

/** Stored names of the events of definitions. */
export function typesOf(definitions: readonly { readonly type: string }[]): ReadonlySet<string> {
  return new Set(definitions.map(({ type }) => type));
}
