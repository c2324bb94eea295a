import {
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  type registerUser,
  type UserObject,
} from '@evident/contracts';
import { abandonedClaims, type ClaimedIdentifier, streams, type UserCommand, userDecider } from '@evident/domain';
import { runCommand, uuid5 } from '@evident/event-store';
import type { RecordedUserEvent } from '../accounts.ts';
import { type ClaimedTogether, claimTogether } from '../claims/claim-together.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { type CheckedIdentifier, checkEmail, checkUsername } from '../identity/identifiers.ts';
import { allocateNumber } from '../numbers/allocate-number.ts';
import { findOwnWork } from '../own-work.ts';
import { replyWithUser } from './user-reply.ts';

type Request = RequestOf<typeof registerUser>;
type Refusal = { readonly ok: false; readonly error: ReplyError };

const step = 'register';
/** A sweeper or a rival may give up a claim of an earlier attempt while this one goes on with it. */
const rounds = 4;

/** The uuid that a registration gives: the same command always registers the same user. */
export function registeredUserId(command: Pick<Command, 'id'>): string {
  return uuid5(`user/${command.id}`);
}

/**
 * Registers a user: rules, hash, claims on name and address, number, and then the user's stream, which decides. Each
 * step is found again by a repeat of the same command, so one that was interrupted goes on where it stopped.
 * `beforePower` is awaited once an administrator is registered and before the roster counts one.
 */
export function createRegisterUser(env: CommandEnvironment) {
  const { log, newPasswords, roster } = env;

  return async (request: Request, command: Command, beforePower?: () => Promise<void>): Promise<Reply<UserObject>> => {
    const userId = registeredUserId(command);
    const stream = streams.user(log.tenant, userId);
    const earlier = await findOwnWork<RecordedUserEvent>(log, stream, step, command);
    if (earlier.ofOtherRequest) return fail('request.idempotency-mismatch');
    if (earlier.own.length === 0) {
      const refused = await register(request, userId, command);
      if (refused !== undefined) return refused;
    }
    // Last: until the roster counts an administrator, one too few is counted and nobody is locked out.
    if (request.isAdmin) {
      await beforePower?.();
      await roster.follow(userId, command);
    }
    return replyWithUser(env, userId, step, command);
  };

  async function register(request: Request, userId: string, command: Command): Promise<Refusal | undefined> {
    const username = checkUsername(log.lookup, request.username, request.email);
    if (!username.ok) return username;
    const email = checkEmail(log.lookup, request.email);
    if (!email.ok) return email;
    const password = await newPasswords.check(request.password, request);
    if (!password.ok) return password;
    // Before the claims, so that they are held for as short as can be.
    const hashed = await newPasswords.hash(userId, password.prepared);
    if (!hashed.ok) return hashed;
    const refusal = await command.stillPermitted();
    if (refusal !== undefined) return { ok: false, error: refusal };
    for (let round = 1; round <= rounds; round++) {
      const identifiers = [username.identifier, email.identifier];
      const placed = await place(request, { userId, identifiers, passwordHash: hashed.sealed }, command);
      if (placed !== 'claim-lost') return placed;
    }
    return fail('user.claim-lost');
  }

  async function place(
    request: Request,
    user: { userId: string; identifiers: readonly CheckedIdentifier[]; passwordHash: string },
    command: Command,
  ): Promise<Refusal | 'claim-lost' | undefined> {
    const { userId, passwordHash } = user;
    const stream = streams.user(log.tenant, userId);
    const { state } = await env.accounts.load(stream);
    const claimed = await claimTogether(env, user, abandonedClaims(state.user), command);
    if (!claimed.ok) return claimed;
    const allocated = await allocateNumber(env, { kind: 'user', holder: userId }, command);
    if (allocated.outcome === 'contended') return giveUp(claimed, command);
    const outcome = await runCommand(
      { store: log.store, codec: log.codec, decider: userDecider, now: env.now },
      {
        stream,
        step,
        command: registration(request, claimed.identifiers, passwordHash, allocated.number),
        metadata: command.metadata,
        deadline: command.deadline,
      },
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
}

function registration(
  { isAdmin }: Request,
  identifiers: readonly ClaimedIdentifier[],
  passwordHash: string,
  number: number,
): UserCommand {
  return { type: 'register-user', number, identifiers, passwordHash, isAdmin };
}
