import { canonicalJson, type Json } from '@evident/event-store';

/** A state as a reader is shown it; null where the subject does not exist. */
export type ShownState = Readonly<Record<string, Json>> | null;

export interface Change {
  readonly before: Json;
  readonly after: Json;
}

/** The fields in which two states differ; a field that one of them has not counts as null there. */
export function changesBetween(before: ShownState, after: ShownState): Readonly<Record<string, Change>> {
  const changes: Record<string, Change> = {};
  for (const field of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    const [left, right] = [before?.[field] ?? null, after?.[field] ?? null];
    if (canonicalJson(left) !== canonicalJson(right)) changes[field] = { before: left, after: right };
  }
  return changes;
}
