import {
  type EventOf,
  type IdentifierKind,
  identifierKinds,
  reservationClaimed,
  reservationReleased,
  roleClaimAbandoned,
  roleDefined,
  type SlugKind,
  slugKinds,
  userClaimAbandoned,
  userIdentifierAdded,
  workspaceClaimAbandoned,
  workspaceCreated,
} from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** A claim that its holder has neither completed nor lost, under the claim id. */
export type OpenClaimRow = {
  readonly claimId: string;
  readonly kind: IdentifierKind | SlugKind;
  readonly lookup: string;
  readonly holder: string;
  /** Milliseconds since the epoch, by the clock of whoever claimed. */
  readonly claimedAt: number;
};

const definitions = [
  reservationClaimed,
  reservationReleased,
  userIdentifierAdded,
  userClaimAbandoned,
  roleDefined,
  roleClaimAbandoned,
  workspaceCreated,
  workspaceClaimAbandoned,
] as const;
type ClaimEvent = EventOf<(typeof definitions)[number]>;

export const openClaimsView: View<OpenClaimRow> = { name: 'open-claims', version: 1, indexes: [['claimedAt']] };

/** Tells the sweeper where to look, and decides nothing. */
export const openClaimsProjection: Projection<OpenClaimRow, Projected<ClaimEvent>> = {
  name: 'open-claims',
  view: openClaimsView,
  types: typesOf(definitions),
  keys: (event) => [event.data.claimId],
  evolve(_row, event) {
    if (event.type !== 'reservation.claimed') return undefined;
    const { claimId, holder, claimedAt } = event.data;
    return { claimId, ...reservedValue(event.stream.id), holder, claimedAt };
  },
};

const kinds = [...identifierKinds, ...slugKinds] as const;

/** The id of a reservation is `<kind>-<keyed hash>`. */
function reservedValue(id: string): Pick<OpenClaimRow, 'kind' | 'lookup'> {
  const kind = kinds.find((each) => id.startsWith(`${each}-`));
  if (kind === undefined) throw new TypeError(`${id} is not the id of a reservation`);
  return { kind, lookup: id.slice(kind.length + 1) };
}
