import { fail, type ReplyError, type SignInEvidence } from '@evident/contracts';
import { equalText, ticketHash } from '@evident/crypto';
import { type EventOf, parseStreamName, type SignInPurpose, signInSucceeded } from '@evident/domain';
import { readable } from '@evident/event-store';
import type { Log } from '@evident/log';

/** How long a sign-in can still become a session. */
const evidenceLifeMs = 60_000;
/** Two services may disagree about the time by this much. */
const clockToleranceMs = 5_000;

/** A sign-in that really happened, with what its event says. */
export interface ProvenSignIn {
  readonly eventId: string;
  readonly userId: string;
  readonly data: EventOf<typeof signInSucceeded>['data'];
}

export type EvidenceOutcome =
  | { readonly ok: true; readonly signIn: ProvenSignIn }
  | { readonly ok: false; readonly error: ReplyError };

/**
 * Reads the event that the evidence names, from the log's leader, and believes nothing else: it must be a sign-in of
 * this tenant that succeeded, for this purpose, less than a minute ago, and whoever brings it must hold the ticket
 * whose hash it has. The refusal never says which of these failed.
 */
export async function proveSignIn(
  log: Pick<Log, 'store' | 'codec' | 'tenant'>,
  evidence: SignInEvidence,
  purpose: SignInPurpose,
  now: number,
): Promise<EvidenceOutcome> {
  const refused: EvidenceOutcome = fail('session.evidence-refused');
  const stream = parseStreamName(evidence.stream);
  if (stream?.category !== 'signin' || stream.tenant !== log.tenant) return refused;
  const [stored] = await log.store.readStream(evidence.stream, { from: evidence.revision, limit: 1 });
  if (stored?.revision !== evidence.revision || stored.type !== signInSucceeded.type) return refused;
  const { data } = readable<EventOf<typeof signInSucceeded>>(await log.codec.decode(stored));
  // By the clock that judged it: the log's never goes back, so after one that was ahead it would not be of now.
  const age = now - data.at;
  const fresh = age < evidenceLifeMs && age > -clockToleranceMs;
  const ticketIsRight = data.ticketHash !== null && equalText(ticketHash(evidence.ticket), data.ticketHash);
  if (!fresh || !ticketIsRight || data.purpose !== purpose || data.userId !== stream.id) return refused;
  return { ok: true, signIn: { eventId: stored.id, userId: data.userId, data } };
}
