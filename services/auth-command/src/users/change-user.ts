import {
  type changeUser,
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  type UserObject,
} from '@evident/contracts';
import {
  type ClaimedIdentifier,
  countAbandoned,
  isLivingUser,
  streams,
  type UserCommand,
  userDecider,
} from '@evident/domain';
import type { RecordedUserEvent } from '../accounts.ts';
import { claimTogether } from '../claims/claim-together.ts';
import { releaseEndedClaims } from '../claims/release-ended-claims.ts';
import type { AskedCommand, Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { resolveNumber } from '../numbers/resolve-number.ts';
import { findOwnWork } from '../own-work.ts';
import { mayActFor, mayGivePower } from '../power.ts';
import { type PreparedChange, prepareChange } from './prepare-change.ts';
import { replyWithUser } from './user-reply.ts';

type Request = RequestOf<typeof changeUser>;
type Refusal = { readonly ok: false; readonly error: ReplyError };

const step = 'change';
/** A sweeper may give up a claim of an earlier attempt while this one goes on with it. */
const rounds = 4;

/**
 * Changes a user, all or nothing: all that can be refused is refused before the user's stream is written, and what was
 * taken by then on other streams (claims, a place on the roster) is given back where that last step is refused.
 */
export function createChangeUser(env: CommandEnvironment) {
  const { log, accounts, roster, turns } = env;

  return async (request: Request, command: Command): Promise<Reply<UserObject>> => {
    const userId = await resolveNumber(log, 'user', request.id);
    if (userId === undefined) return fail('user.unknown');
    const earlier = await findOwnWork<RecordedUserEvent>(log, streams.user(log.tenant, userId), step, command);
    if (earlier.ofOtherRequest) return fail('request.idempotency-mismatch');
    let prepared: PreparedChange | undefined;
    if (earlier.own.length === 0) {
      const ask = (asked: AskedCommand) => powerRefusal(request, userId, asked);
      const powerless = await ask(command);
      if (powerless !== undefined) return { ok: false, error: powerless };
      const outcome = await prepareChange(env, request, userId, command, ask);
      if (!outcome.ok) return outcome;
      prepared = outcome.change;
    }
    const refused = await turns.take(`user ${userId}`, () => carryOut(request, prepared, userId, command));
    if (refused !== undefined) return refused;
    await releaseEndedClaims(env, userId, step, command);
    return replyWithUser(env, userId, step, command);
  };

  /** Nobody takes over, disables or raises whoever holds more than they do. */
  async function powerRefusal(
    { isAdmin }: Request,
    userId: string,
    asked: AskedCommand,
  ): Promise<ReplyError | undefined> {
    const { user } = (await accounts.load(streams.user(log.tenant, userId))).state;
    const beyond = await mayActFor(log, asked, { userId, user, scope: 'update:sso/user' });
    return beyond ?? (isAdmin === true ? mayGivePower(asked) : undefined);
  }

  /** In one turn, since power that is still to be given on the roster cannot be taken there. */
  async function carryOut(
    { isAdmin, isActive }: Request,
    prepared: PreparedChange | undefined,
    userId: string,
    command: Command,
  ): Promise<Refusal | undefined> {
    const refused = prepared === undefined ? undefined : await change(prepared, userId, command);
    if (refused !== undefined) return refused;
    // Power is given on the roster last; a repeat of a command that stopped here goes on here.
    if (isAdmin !== undefined || isActive !== undefined) await roster.follow(userId, command);
    return undefined;
  }

  async function change(prepared: PreparedChange, userId: string, command: Command): Promise<Refusal | undefined> {
    for (let round = 1; round <= rounds; round++) {
      const refused = await place(prepared, userId, command);
      if (refused?.error.code !== 'user.claim-lost') return refused;
    }
    return fail('user.claim-lost');
  }

  async function place(prepared: PreparedChange, userId: string, command: Command): Promise<Refusal | undefined> {
    const stream = streams.user(log.tenant, userId);
    const { user } = (await accounts.load(stream)).state;
    if (!isLivingUser(user)) return fail('user.unknown');
    // What keeps its prepared form keeps its claim: only what is shown changes.
    const kept: ClaimedIdentifier[] = [];
    const sought = prepared.identifiers.filter((identifier) => {
      const present = user.identifiers.find(({ lookup }) => lookup === identifier.lookup);
      if (present?.kind !== identifier.kind) return true;
      const { takesOver: _, ...held } = identifier;
      kept.push({ ...held, claimId: present.claimId });
      return false;
    });
    // Before the claims: an address that is taken over from somebody is not given back.
    const taken = prepared.takes === undefined ? 'done' : await roster.take(userId, prepared.takes, command);
    if (taken !== 'done') return fail(taken === 'contended' ? 'write.contended' : 'user.last-administrator');
    const claimed = await claimTogether(env, { userId, identifiers: sought }, countAbandoned(user.claims), command);
    if (!claimed.ok) {
      if (prepared.takes !== undefined) await roster.follow(userId, command);
      return claimed;
    }
    const decision: UserCommand = {
      type: 'change-user',
      identifiers: [...kept, ...claimed.identifiers],
      ...prepared.members,
    };
    const decided = await decideOnStream(
      env,
      { decider: userDecider, states: log.states.user, stream, step, decision },
      command,
    );
    if (decided.ok) return undefined;
    await claimed.giveUp(command);
    if (prepared.takes !== undefined) await roster.follow(userId, command);
    return decided;
  }
}
