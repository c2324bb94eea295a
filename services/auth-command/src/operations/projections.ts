import {
  type discardParkedEvent,
  fail,
  type Reply,
  type RequestOf,
  type requestRebuild,
  type retryParkedEvent,
  succeed,
} from '@evident/contracts';
import { type OperationCommand, operationDecider, streams } from '@evident/domain';
import { eventId } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';

type RebuildRequest = RequestOf<typeof requestRebuild>;
type ParkedRequest = RequestOf<typeof retryParkedEvent> & RequestOf<typeof discardParkedEvent>;

const step = 'operate';

/** What operators decide about projections. Whoever fills the rows follows these events and acts on them. */
export function createProjectionCommands(env: CommandEnvironment) {
  const { log } = env;
  const decide = (decision: OperationCommand, command: Command) =>
    decideOnStream(
      env,
      { decider: operationDecider, stream: streams.operations(log.tenant, decision.projection), step, decision },
      command,
    );
  const aboutParked =
    (type: 'retry-parked-event' | 'discard-parked-event') =>
    async (request: ParkedRequest, command: Command): Promise<Reply<Record<string, never>>> => {
      const stored = await log.store.readStream(request.stream);
      if (!stored.some(({ id }) => id === request.eventId)) return fail('projection.not-parked');
      const decided = await decide({ type, ...request }, command);
      return decided.ok ? succeed({}, decided.accepted.position) : decided;
    };

  return {
    async requestRebuild({ projection }: RebuildRequest, command: Command): Promise<Reply<{ job: string }>> {
      const decided = await decide({ type: 'request-rebuild', projection }, command);
      if (!decided.ok) return decided;
      const job = eventId(command.id, streams.operations(log.tenant, projection), step, 0);
      return succeed({ job }, decided.accepted.position);
    },
    retryParkedEvent: aboutParked('retry-parked-event'),
    discardParkedEvent: aboutParked('discard-parked-event'),
  };
}
