import { fail, type ReplyError } from '@evident/contracts';
import type { ClaimedIdentifier } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { CheckedIdentifier, IdentifierToClaim } from '../identity/identifiers.ts';
import type { ClaimOutcome } from './claims.ts';
import { takeOverUnverified } from './take-over.ts';

/** Claims that stand and are to be completed on the holder's stream, or to be given up. */
export interface ClaimedTogether {
  readonly identifiers: readonly ClaimedIdentifier[];
  giveUp(command: Command): Promise<void>;
}

export type ClaimsOutcome =
  | ({ readonly ok: true } & ClaimedTogether)
  | { readonly ok: false; readonly error: ReplyError };

/** Who wants an identifier that belongs to somebody is told so. */
export const takenCode = {
  username: 'user.username-taken',
  email: 'user.email-taken',
  phone: 'user.phone-taken',
} as const;

/**
 * Claims all of these for one user or none, in this order. `abandoned` is how many claims the holder's stream says
 * were given up: it names the attempt, so that a repeat makes claims of its own where the earlier ones were lost.
 */
export async function claimTogether(
  env: Pick<CommandEnvironment, 'claims' | 'log' | 'accounts' | 'now'>,
  { userId, identifiers }: { readonly userId: string; readonly identifiers: readonly IdentifierToClaim[] },
  abandoned: number,
  command: Command,
): Promise<ClaimsOutcome> {
  const { claims } = env;
  const held: ClaimedIdentifier[] = [];
  const giveUp = async (by: Command) => {
    for (const { kind, lookup, claimId } of held) await claims.abandon({ kind, lookup, claimId, holder: userId }, by);
  };
  for (const { takesOver, ...identifier } of identifiers) {
    const { kind, lookup } = identifier;
    const claimId = uuid5(JSON.stringify(['claim', command.id, kind, lookup, abandoned]));
    const claim = { kind, lookup, claimId, holder: userId };
    let outcome = await claims.claim(claim, command);
    if (outcome === 'taken' && takesOver && (await takeOverUnverified(env, identifier, command))) {
      outcome = await claims.claim(claim, command);
    }
    if (outcome !== 'claimed') {
      await giveUp(command);
      return refusal(outcome, kind);
    }
    held.push({ ...identifier, claimId });
  }
  return { ok: true, identifiers: held, giveUp };
}

function refusal(outcome: Exclude<ClaimOutcome, 'claimed'>, kind: CheckedIdentifier['kind']) {
  return outcome === 'taken' ? fail(takenCode[kind]) : fail('write.contended');
}
