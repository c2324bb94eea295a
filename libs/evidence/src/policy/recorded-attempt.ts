import type { auditSignIns, ValueOf } from '@evident/contracts';
import {
  type FailureReason,
  failureReason,
  type SignInPurpose,
  signInPurpose,
  type ThrottlingLimit,
  throttlingLimit,
} from '@evident/domain';

/** One attempt to sign in, or several that the log counts together, as far as a replay needs it. */
export interface RecordedAttempt {
  readonly eventId: string;
  /** When it was recorded, as it is printed. */
  readonly time: string;
  /** When it was judged or refused; milliseconds since the epoch. */
  readonly at: number;
  readonly purpose: SignInPurpose;
  readonly verdict: RecordedVerdict;
  /** `user:<uuid>`, null where nobody is known; `app:<uuid>`. */
  readonly user: string | null;
  readonly app: string | null;
  /** Null where it is not known, or not to this reader. */
  readonly clientIp: string | null;
  /** Pseudonyms under which it was counted: of the account, null for a bad key; and of the caller. */
  readonly account: string | null;
  readonly caller: string;
}

export type RecordedVerdict =
  | { readonly outcome: 'succeeded' }
  | { readonly outcome: 'failed'; readonly reason: FailureReason }
  | {
      readonly outcome: 'throttled';
      readonly limit: ThrottlingLimit;
      readonly count: number;
      readonly until: number;
    };

type SignIn = ValueOf<typeof auditSignIns>['signIns'][number];

/** The attempt in an answer of `GET /audit/sign-ins`; undefined where its event could not be read. */
export function recordedAttempt(signIn: SignIn): RecordedAttempt | undefined {
  const { event, time, user, app, clientIp, counted } = signIn;
  const data = event.data ?? {};
  const purpose = signInPurpose.safeParse(data.purpose);
  const verdict = verdictOf(signIn);
  if (!purpose.success || verdict === undefined || typeof data.at !== 'number') return undefined;
  return { eventId: event.id, time, at: data.at, purpose: purpose.data, verdict, user, app, clientIp, ...counted };
}

function verdictOf({ outcome, reason, event }: SignIn): RecordedVerdict | undefined {
  if (outcome === 'succeeded') return { outcome };
  if (outcome === 'failed') {
    const known = failureReason.safeParse(reason);
    return known.success ? { outcome, reason: known.data } : undefined;
  }
  const { limit, count, until } = event.data ?? {};
  const known = throttlingLimit.safeParse(limit);
  if (!known.success || typeof count !== 'number' || typeof until !== 'number') return undefined;
  return { outcome, limit: known.data, count, until };
}
