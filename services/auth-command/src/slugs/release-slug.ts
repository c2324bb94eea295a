import type { SlugKind } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';

/** Frees the slug of what was removed. Where this does not come about it is free all the same: a taker sees that the claim has ended. */
export async function releaseSlug(
  { claims, logger }: Pick<CommandEnvironment, 'claims' | 'logger'>,
  subject: string,
  claim: { readonly kind: SlugKind; readonly lookup: string; readonly claimId: string },
  command: Command,
): Promise<void> {
  try {
    await claims.release(claim, command);
  } catch (error) {
    logger.warn({ subject, error }, 'A slug that was given up is still reserved; it can be taken.');
  }
}
