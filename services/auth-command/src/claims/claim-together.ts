import { fail, type ReplyError } from '@evident/contracts';
import type { ClaimedIdentifier } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CheckedIdentifier } from '../identity/identifiers.ts';
import type { ClaimOutcome, Claims } from './claims.ts';

/** Claims that stand and are to be completed on the holder's stream, or to be given up. */
export interface ClaimedTogether {
  readonly identifiers: readonly ClaimedIdentifier[];
  giveUp(command: Command): Promise<void>;
}

export type ClaimsOutcome =
  | ({ readonly ok: true } & ClaimedTogether)
  | { readonly ok: false; readonly error: ReplyError };

const takenCode = { username: 'user.username-taken', email: 'user.email-taken', phone: 'user.phone-taken' } as const;

/**
 * Claims all of these for one user or none, in this order. `abandoned` is how many claims the holder's stream says
 * were given up: it names the attempt, so that a repeat makes claims of its own where the earlier ones were lost.
 */
export async function claimTogether(
  { claims }: { readonly claims: Claims },
  { userId, identifiers }: { readonly userId: string; readonly identifiers: readonly CheckedIdentifier[] },
  abandoned: number,
  command: Command,
): Promise<ClaimsOutcome> {
  const held: ClaimedIdentifier[] = [];
  const giveUp = async (by: Command) => {
    for (const { kind, lookup, claimId } of held) await claims.abandon({ kind, lookup, claimId, holder: userId }, by);
  };
  for (const identifier of identifiers) {
    const { kind, lookup } = identifier;
    const claimId = uuid5(JSON.stringify(['claim', command.id, kind, lookup, abandoned]));
    const outcome = await claims.claim({ kind, lookup, claimId, holder: userId }, command);
    if (outcome !== 'claimed') {
      await giveUp(command);
      return refusal(outcome, kind);
    }
    // What an administrator sets counts as verified.
    held.push({ ...identifier, claimId, verified: true });
  }
  return { ok: true, identifiers: held, giveUp };
}

function refusal(outcome: Exclude<ClaimOutcome, 'claimed'>, kind: CheckedIdentifier['kind']) {
  return outcome === 'taken' ? fail(takenCode[kind]) : fail('write.contended');
}
