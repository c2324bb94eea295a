import {
  type ClaimedIdentifier,
  fold,
  foldIdentifier,
  type IdentifierKind,
  initialUser,
  reservationDecider,
  streams,
  type UserEvent,
  type UserState,
  userDecider,
} from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Decided } from './bulk-append.ts';
import { appOf, type HistoryUser, registrationOf, userOf } from './history.ts';
import { byAdministrator, type Making } from './making.ts';
import { numbered } from './numbered.ts';

/** A user as the registration left them. */
export interface RegisteredUser extends HistoryUser {
  readonly state: UserState;
}

/**
 * Registers the users from `first` to `last` and assigns each to their apps: the claims on name and address, the
 * number, the user's own stream and then the assignments, as the commands would. All have the password of one hash.
 */
export async function registerUsers(
  making: Making,
  phc: string,
  first: number,
  last: number,
): Promise<readonly RegisteredUser[]> {
  const { log, appends, shape } = making;
  const users = Array.from({ length: last - first + 1 }, (_, index) => userOf(first + index, shape));
  await log.personKeys.obtain(users.map(({ uid }) => uid));
  const claims: Decided[] = [];
  const own: Decided[] = [];
  const registered = users.map((user, index) => {
    const commandId = registrationOf('user', first + index);
    const metadata = byAdministrator(making, commandId, 'register-user');
    const identifiers = [
      claim(making, user, 'username', user.username, { commandId, metadata, claims }),
      claim(making, user, 'email', user.email, { commandId, metadata, claims }),
    ];
    const passwordHash = making.seal.seal(user.uid, phc);
    const stream = streams.user(log.tenant, user.uid);
    const register = { type: 'register-user', number: user.number, identifiers, passwordHash, isAdmin: false } as const;
    const events = accepted(userDecider.decide(register, initialUser));
    own.push({ stream, step: 'register', events, expected: 'no-stream', metadata });
    let state = fold(userDecider, initialUser, events);
    let revision = events.length - 1;
    for (const app of user.apps) {
      const { uid: appId } = appOf(app);
      const assigned = accepted(userDecider.decide({ type: 'assign-app', appId, appNumber: app }, state));
      const commandOfIt = uuid5(`history/assign/${user.uid}/${app}`);
      const assigning = byAdministrator(making, commandOfIt, 'assign-app');
      own.push({ stream, step: 'assign-app', events: assigned, expected: { revision }, metadata: assigning });
      state = fold(userDecider, state, assigned);
      revision += assigned.length;
    }
    return { ...user, state };
  });
  const numbers = numbered(
    making,
    'user',
    first + 1,
    users.map(({ uid }) => uid),
  );
  await appends.append([...claims, numbers, ...own]);
  return registered;
}

function claim(
  { log, now }: Making,
  { uid: holder }: HistoryUser,
  kind: IdentifierKind,
  value: string,
  {
    commandId,
    metadata,
    claims,
  }: { readonly commandId: string; readonly claims: Decided[] } & Pick<Decided, 'metadata'>,
): ClaimedIdentifier {
  const lookup = log.lookup.hash(kind, foldIdentifier(value));
  const claimId = uuid5(JSON.stringify(['claim', commandId, kind, lookup, 0]));
  const decision = reservationDecider.decide(
    { type: 'claim', claimId, holder, now: now() },
    reservationDecider.initial,
  );
  if (!decision.accepted) throw new Error(decision.code);
  const stream = streams.reservation(log.tenant, kind, lookup);
  claims.push({ stream, step: `claim-${claimId}`, events: decision.events, expected: 'no-stream', metadata });
  return { kind, value, lookup, claimId, verified: true };
}

function accepted(decision: ReturnType<typeof userDecider.decide>): readonly UserEvent[] {
  if (!decision.accepted) throw new Error(decision.code);
  return decision.events;
}
