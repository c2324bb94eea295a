import { type AppState, isLivingApp, keyCounts } from '../app/state.ts';
import type { ReservationState } from '../reservation/state.ts';
import { isLivingUser, type UserState } from '../user/state.ts';
import type { FailureReason, SignInPurpose } from './events.ts';

/** What one attempt found at the ends of its streams, read after the password was hashed. */
export interface SignInFacts {
  readonly purpose: SignInPurpose;
  /** Undefined where no app is asked (`token`, `session`), or where the key names none. */
  readonly app: AppState | undefined;
  readonly appId: string | undefined;
  /** The keyed hash of the key that was sent. */
  readonly keyLookup: string | undefined;
  readonly reservation: ReservationState;
  /** The holder of the identifier, or the initial state. */
  readonly user: UserState;
  readonly userId: string | undefined;
  /** The lookup under which the identifier was sought, and whether the hash that was compared is the user's present one. */
  readonly identifierLookup: string;
  readonly passwordMatches: boolean;
  readonly now: number;
}

export type Verdict =
  | { readonly outcome: 'succeeded' }
  | { readonly outcome: 'failed'; readonly reason: FailureReason };

/**
 * The table of `POST /verify` and `POST /token` (api/asf.md), first reason first. Nothing after the password is told
 * before the password was right.
 */
export function judgeSignIn(facts: SignInFacts): Verdict {
  if (facts.purpose === 'verify' && !keyIsGood(facts)) return failed('unknown-key');
  if (!holdsIdentifier(facts)) return failed('unknown-user');
  if (!facts.passwordMatches) return failed('wrong-password');
  const { user, appId } = facts;
  if (!user.isActive) return failed('inactive');
  // Administrators are not exempt from assignment: being one says nothing about any app.
  if (facts.purpose === 'verify' && (appId === undefined || !user.apps.has(appId))) return failed('not-assigned');
  if (facts.purpose === 'token' && !user.isAdmin) return failed('not-administrator');
  return { outcome: 'succeeded' };
}

/** The key is one of the app, still counts, and the app is there and active. */
export function keyIsGood({ app, keyLookup, now }: Pick<SignInFacts, 'app' | 'keyLookup' | 'now'>): boolean {
  if (app === undefined || !isLivingApp(app) || !app.isActive) return false;
  return app.keys.some((key) => key.lookup === keyLookup && keyCounts(key, now));
}

/**
 * The reservation names a holder, and the holder's own stream says that the claim is complete and live. For another
 * team's app an address that was never verified names nobody: whoever typed it in at sign-up need not own it.
 */
export function holdsIdentifier(
  facts: Pick<SignInFacts, 'reservation' | 'user' | 'identifierLookup'> & { readonly purpose?: SignInPurpose },
): boolean {
  const { reservation, user, identifierLookup, purpose } = facts;
  const claimId = reservation.current?.claimId;
  if (claimId === undefined || !isLivingUser(user)) return false;
  const held = user.identifiers.find(
    (identifier) => identifier.claimId === claimId && identifier.lookup === identifierLookup,
  );
  if (held === undefined) return false;
  return purpose !== 'verify' || held.kind === 'username' || held.verified;
}

function failed(reason: FailureReason): Verdict {
  return { outcome: 'failed', reason };
}
