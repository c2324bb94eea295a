import { type AppState, type JudgedRevisions, type ReservationState, streams } from '@evident/domain';
import type { StreamState } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Account, Accounts } from '../accounts.ts';
import { standIn } from '../attempts/stand-in.ts';
import type { CheckedIdentifier } from '../identity/identifiers.ts';

/** What the leader says at the moment of the decision. */
export interface StreamEnds {
  /** Undefined where no app is asked. */
  readonly app: StreamState<AppState> | undefined;
  readonly reservation: StreamState<ReservationState>;
  /** Whom the reservation names. */
  readonly holder: string | undefined;
  /** The holder's stream; an empty one where there is no holder. */
  readonly account: StreamState<Account>;
}

export interface EndsWanted {
  readonly appId: string | undefined;
  readonly identifier: CheckedIdentifier;
  /** Read at once with the others; read again where the reservation names somebody else. */
  readonly likelyHolder: string | undefined;
}

export async function readStreamEnds(
  { tenant, states }: Pick<Log, 'tenant' | 'states'>,
  accounts: Accounts,
  { appId, identifier, likelyHolder = standIn }: EndsWanted,
): Promise<StreamEnds> {
  const [app, reservation, likely] = await Promise.all([
    appId === undefined ? undefined : states.app.load(streams.app(tenant, appId)),
    states.reservation.load(streams.reservation(tenant, identifier.kind, identifier.lookup)),
    accounts.load(streams.user(tenant, likelyHolder)),
  ]);
  const holder = reservation.state.current?.holder;
  if (holder === likelyHolder) return { app, reservation, holder, account: likely };
  const account = await accounts.load(streams.user(tenant, holder ?? standIn));
  return { app, reservation, holder, account };
}

export function revisionsOf({ app, reservation, holder, account }: StreamEnds): JudgedRevisions {
  return {
    app: app?.revision ?? null,
    reservation: reservation.revision,
    user: holder === undefined ? null : account.revision,
  };
}
