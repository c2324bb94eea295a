import { streams, type UserCommand, userDecider } from '@evident/domain';
import { runCommand } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { CheckedIdentifier } from '../identity/identifiers.ts';
import { mayActFor } from '../power.ts';

/**
 * Takes an address that nobody ever verified from whoever typed it in at sign-up, for somebody of whom an
 * administrator says that it is theirs (api/usso.md, "an unverified address"). It ends on its holder's stream first; the
 * reservation is then free for whoever claims it. False where it is verified, or was meanwhile, and where its holder has
 * more than the caller, who would lock them out.
 */
export async function takeOverUnverified(
  { log, accounts, now }: Pick<CommandEnvironment, 'log' | 'accounts' | 'now'>,
  { kind, lookup }: Pick<CheckedIdentifier, 'kind' | 'lookup'>,
  { caller, metadata, deadline }: Command,
): Promise<boolean> {
  const { current } = (await log.states.reservation.load(streams.reservation(log.tenant, kind, lookup))).state;
  if (current === undefined) return false;
  const stream = streams.user(log.tenant, current.holder);
  const { user } = (await accounts.load(stream)).state;
  const held = user.identifiers.find(({ claimId }) => claimId === current.claimId);
  if (held === undefined || held.verified) return false;
  if (
    (await mayActFor(log, { caller }, { userId: current.holder, user, scope: 'update:sso/identifier' })) !== undefined
  )
    return false;
  const command: UserCommand = { type: 'yield-identifier', claimId: held.claimId };
  const outcome = await runCommand(
    { store: log.store, codec: log.codec, decider: userDecider, now },
    { stream, step: `yield-${held.claimId}`, command, metadata, deadline },
  );
  return outcome.outcome === 'accepted';
}
