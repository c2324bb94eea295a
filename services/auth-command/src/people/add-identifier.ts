import { identifierObjectOf } from '@evident/caller';
import {
  type addIdentifier,
  fail,
  type PersonIdentifierObject,
  type Reply,
  type ReplyError,
  type RequestOf,
  succeed,
} from '@evident/contracts';
import { countAbandoned, shownIdentifier, streams, userDecider } from '@evident/domain';
import type { Account } from '../accounts.ts';
import { claimTogether } from '../claims/claim-together.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import {
  checkIdentifier,
  type IdentifierToClaim,
  identifierSought,
  setBy,
  setByOneself,
} from '../identity/identifiers.ts';
import { isSelf, mayActFor } from '../power.ts';
import { personInQuestion } from './person-in-question.ts';
import { personAfterCommand } from './person-reply.ts';

type Request = RequestOf<typeof addIdentifier>;

const step = 'add-identifier';
const scope = 'create:sso/identifier';
/** A sweeper or a rival may give up a claim of an earlier attempt while this one goes on with it. */
const rounds = 4;

/** One more identifier for a user, by which they can sign in too. */
export function createAddIdentifier(env: CommandEnvironment) {
  const { log, accounts, turns } = env;

  return async (request: Request, command: Command): Promise<Reply<PersonIdentifierObject>> => {
    const earlier = await personAfterCommand(env, request.userId, command);
    if (!earlier.ok) return earlier;
    const refused = earlier.own.length === 0 ? await add(request, command) : undefined;
    return refused === undefined ? answer(request, command) : { ok: false, error: refused };
  };

  async function add(request: Request, command: Command): Promise<ReplyError | undefined> {
    const { userId, primary = false } = request;
    const person = await personInQuestion(env, userId, scope, command);
    if (!person.ok) return person.error;
    const wanted = identifierFor(request, person.account, command);
    if (!wanted.ok) return wanted.error;
    const beyond = await mayActFor(log, command, { userId, user: person.account.user, scope });
    if (beyond !== undefined) return beyond;
    return turns.take(`user ${userId}`, () => placeInRounds(userId, wanted.identifier, primary, command));
  }

  function identifierFor(
    request: Request,
    { person }: Account,
    command: Command,
  ): { ok: true; identifier: IdentifierToClaim } | { ok: false; error: ReplyError } {
    const email = person === undefined ? '' : shownIdentifier(person, 'email');
    const checked = checkIdentifier(log.lookup, request, email);
    if (!checked.ok) return checked;
    // That an address is their own a person only says; who may do this to others vouches for it.
    const vouched = command.caller === undefined || command.caller.isAdmin || command.caller.isOwner;
    const byOneself = isSelf(command, request.userId) && !vouched;
    const { identifier } = checked;
    return { ok: true, identifier: byOneself ? setByOneself(identifier) : setBy(command, scope, identifier) };
  }

  async function placeInRounds(
    userId: string,
    wanted: IdentifierToClaim,
    primary: boolean,
    command: Command,
  ): Promise<ReplyError | undefined> {
    for (let round = 1; round <= rounds; round++) {
      const refused = await place(userId, wanted, primary, command);
      if (refused?.code !== 'user.claim-lost') return refused;
    }
    return fail('user.claim-lost').error;
  }

  async function place(
    userId: string,
    wanted: IdentifierToClaim,
    primary: boolean,
    command: Command,
  ): Promise<ReplyError | undefined> {
    const stream = streams.user(log.tenant, userId);
    const { user } = (await accounts.load(stream)).state;
    const { takesOver: _, ...identifier } = wanted;
    const present = user.identifiers.find(({ kind, lookup }) => kind === wanted.kind && lookup === wanted.lookup);
    const sought = present === undefined ? [wanted] : [];
    const claimed = await claimTogether(env, { userId, identifiers: sought }, countAbandoned(user.claims), command);
    if (!claimed.ok) return claimed.error;
    const [held = { ...identifier, claimId: present?.claimId ?? '' }] = claimed.identifiers;
    const decision = { type: 'add-identifier', identifier: held, primary } as const;
    const decided = await decideOnStream(
      env,
      { decider: userDecider, states: log.states.user, stream, step, decision },
      command,
    );
    if (decided.ok) return undefined;
    await claimed.giveUp(command);
    return decided.error;
  }

  async function answer(request: Request, command: Command): Promise<Reply<PersonIdentifierObject>> {
    const after = await personAfterCommand(env, request.userId, command);
    if (!after.ok) return after;
    const sought = identifierSought(log.lookup, request.identifier, request.kind);
    const added = after.person?.identifiers.find(({ lookup }) => lookup === sought.lookup);
    return added === undefined ? fail('user.identifier-unknown') : succeed(identifierObjectOf(added), after.position);
  }
}
