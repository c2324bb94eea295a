import { fail, type ReplyError } from '@evident/contracts';
import { countAbandoned, type RegisterUser, streams, userDecider } from '@evident/domain';
import { runCommand, uuid5 } from '@evident/event-store';
import { type ClaimedTogether, claimTogether } from '../claims/claim-together.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { IdentifierToClaim } from '../identity/identifiers.ts';
import { allocateNumber } from '../numbers/allocate-number.ts';

type Refusal = { readonly ok: false; readonly error: ReplyError };

/** A new user of whom all rules that concern nobody else are kept. */
export interface NewAccount extends Pick<RegisterUser, 'passwordHash' | 'isAdmin' | 'details'> {
  readonly userId: string;
  readonly identifiers: readonly IdentifierToClaim[];
}

/** Names the events of a registration on the user's own stream. */
export const registrationStep = 'register';
/** A sweeper or a rival may give up a claim of an earlier attempt while this one goes on with it. */
const rounds = 4;

/** The uuid that a registration gives: the same command always registers the same user. */
export function registeredUserId(command: Pick<Command, 'id'>): string {
  return uuid5(`user/${command.id}`);
}

/**
 * Claims the identifiers, allocates the number, and lets the user's own stream decide. Each step is found again by a
 * repeat of the same command, so one that was interrupted goes on where it stopped. Undefined: the user is registered.
 */
export async function placeAccount(
  env: CommandEnvironment,
  account: NewAccount,
  command: Command,
): Promise<Refusal | undefined> {
  for (let round = 1; round <= rounds; round++) {
    const placed = await place(env, account, command);
    if (placed !== 'claim-lost') return placed;
  }
  return fail('user.claim-lost');
}

async function place(
  env: CommandEnvironment,
  { userId, identifiers, ...registration }: NewAccount,
  command: Command,
): Promise<Refusal | 'claim-lost' | undefined> {
  const { log, now } = env;
  const stream = streams.user(log.tenant, userId);
  const { state } = await env.accounts.load(stream);
  const claimed = await claimTogether(env, { userId, identifiers }, countAbandoned(state.user.claims), command);
  if (!claimed.ok) return claimed;
  const allocated = await allocateNumber(env, { kind: 'user', holder: userId }, command);
  if (allocated.outcome === 'contended') return giveUp(claimed, command);
  const { metadata, deadline } = command;
  const decision: RegisterUser = {
    type: 'register-user',
    number: allocated.number,
    identifiers: claimed.identifiers,
    ...registration,
  };
  const outcome = await runCommand(
    { store: log.store, codec: log.codec, decider: userDecider, now },
    { stream, step: registrationStep, command: decision, metadata, deadline },
  );
  if (outcome.outcome === 'accepted') return undefined;
  if (outcome.outcome === 'contended') return giveUp(claimed, command);
  if (outcome.code === 'user.claim-lost') {
    await claimed.giveUp(command);
    return 'claim-lost';
  }
  return fail('request.idempotency-mismatch');
}

async function giveUp(claimed: ClaimedTogether, command: Command): Promise<Refusal> {
  await claimed.giveUp(command);
  return fail('write.contended');
}
