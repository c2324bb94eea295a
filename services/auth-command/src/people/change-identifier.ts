import { identifierObjectOf } from '@evident/caller';
import {
  type changeIdentifier,
  fail,
  type PersonIdentifierObject,
  type Reply,
  type RequestOf,
  type removeIdentifier,
  succeed,
} from '@evident/contracts';
import { streams, type UserCommand, userDecider } from '@evident/domain';
import { releaseEndedClaims } from '../claims/release-ended-claims.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { unlessDone } from '../own-work.ts';
import { mayActFor } from '../power.ts';
import { personInQuestion } from './person-in-question.ts';
import { type PersonAfterCommand, personAfterCommand, personAroundCommand } from './person-reply.ts';

interface OneIdentifier {
  readonly userId: string;
  readonly identifierId: string;
}

/** Makes an identifier the one that stands for its kind. */
export function createChangeIdentifier(env: CommandEnvironment) {
  const act = actOnIdentifier(env, { scope: 'update:sso/identifier', step: 'change-identifier' });

  return async (request: RequestOf<typeof changeIdentifier>, command: Command) => {
    const { identifierId: claimId, primary } = request;
    const decision = { type: 'change-identifier', claimId, ...(primary === undefined ? {} : { primary }) } as const;
    const refused = await act(request, decision, command);
    if (refused !== undefined) return { ok: false, error: refused } as const;
    const after = await personAfterCommand(env, request.userId, command);
    return after.ok ? identifierIn(after.person, request, after) : after;
  };
}

/** Takes an identifier away; who else wants it may have it. Answers it as it was. */
export function createRemoveIdentifier(env: CommandEnvironment) {
  const step = 'remove-identifier';
  const act = actOnIdentifier(env, { scope: 'delete:sso/identifier', step });

  return async (request: RequestOf<typeof removeIdentifier>, command: Command) => {
    const decision = { type: 'remove-identifier', claimId: request.identifierId } as const;
    const refused = await act(request, decision, command);
    if (refused !== undefined) return { ok: false, error: refused } as const;
    const after = await personAroundCommand(env, request.userId, command);
    if (!after.ok) return after;
    await releaseEndedClaims(env, request.userId, step, command);
    return identifierIn(after.before, request, after);
  };
}

/** What is decided of one identifier of somebody; a refusal where it is not. */
function actOnIdentifier(env: CommandEnvironment, { scope, step }: { readonly scope: string; readonly step: string }) {
  const { log } = env;

  return ({ userId }: OneIdentifier, decision: UserCommand, command: Command) => {
    const stream = streams.user(log.tenant, userId);
    return unlessDone(log, { stream, step }, command, async () => {
      const person = await personInQuestion(env, userId, scope, command);
      if (!person.ok) return person.error;
      const beyond = await mayActFor(log, command, { userId, user: person.account.user, scope });
      if (beyond !== undefined) return beyond;
      const decided = await decideOnStream(
        env,
        { decider: userDecider, states: log.states.user, stream, step, decision },
        command,
      );
      return decided.ok ? undefined : decided.error;
    });
  };
}

function identifierIn(
  person: PersonAfterCommand['person'],
  { identifierId }: OneIdentifier,
  { position }: PersonAfterCommand,
): Reply<PersonIdentifierObject> {
  const identifier = person?.identifiers.find(({ claimId }) => claimId === identifierId);
  return identifier === undefined ? fail('user.identifier-unknown') : succeed(identifierObjectOf(identifier), position);
}
