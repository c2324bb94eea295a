import { streams } from '@evident/domain';
import type { RecordedUserEvent } from '../accounts.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { findOwnWork, ownHistory } from '../own-work.ts';

/**
 * Frees the names and addresses that a command took from its user, or `all` that were ever taken from them. Where this
 * does not come about they are free all the same: a taker sees on the user's stream that the claim has ended.
 */
export async function releaseEndedClaims(
  { log, claims, logger }: Pick<CommandEnvironment, 'log' | 'claims' | 'logger'>,
  userId: string,
  step: string,
  command: Command,
  { all = false } = {},
): Promise<void> {
  const stream = streams.user(log.tenant, userId);
  const { own } = await findOwnWork<RecordedUserEvent>(log, stream, step, command);
  if (!all && own.every(({ type }) => type !== 'user.identifier-removed')) return;
  const { history } = await ownHistory<RecordedUserEvent>(log, stream, step, command);
  const lookups = new Map<string, string>();
  for (const event of history) {
    if (event.type === 'user.identifier-added') lookups.set(event.data.claimId, event.data.lookup);
  }
  for (const event of all ? history : own) {
    if (event.type !== 'user.identifier-removed') continue;
    const { kind, claimId } = event.data;
    const lookup = lookups.get(claimId);
    if (lookup === undefined) continue;
    try {
      await claims.release({ kind, lookup, claimId }, command);
    } catch (error) {
      logger.warn({ subject: `user:${userId}`, error }, 'A name that was given up is still reserved; it can be taken.');
    }
  }
}
