import { type EventOf, type IdentifierKind, userIdentifierAdded } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import { type Projection, type View, viewId } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** Who last held an identifier, under `<kind>|<keyed hash>`. */
export type IdentifierRow = { readonly userUid: string };

export const identifiersView: View<IdentifierRow> = { name: 'identifiers', version: 1, indexes: [] };

/**
 * Points to a user and promises nothing: that the identifier is still this user's stands in the user's own row. (The
 * event that ends a claim does not carry the hash, so no row could be found by it.)
 */
export const identifiersProjection: Projection<IdentifierRow, Projected<EventOf<typeof userIdentifierAdded>>> = {
  name: 'identifiers',
  view: identifiersView,
  types: typesOf([userIdentifierAdded]),
  keys: (event) => [identifierKey(event.data.kind, event.data.lookup)],
  evolve: (_row, event) => ({ userUid: event.stream.id }),
};

export function identifierKey(kind: IdentifierKind, lookup: string): string {
  return `${kind}|${lookup}`;
}

/** How a row of any view is named to operators: a key that holds a keyed hash is shown to nobody. */
export function shownKey(view: string, key: string): string {
  return view === viewId(identifiersView) ? uuid5(key) : key;
}
