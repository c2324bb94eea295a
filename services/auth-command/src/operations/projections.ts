import {
  type discardParkedEvent,
  fail,
  type Reply,
  type RequestOf,
  type requestRebuild,
  type retryParkedEvent,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { type OperationCommand, type OperationEvent, operationDecider, streams } from '@evident/domain';
import { eventId } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { findOwnWork } from '../own-work.ts';

type RebuildRequest = RequestOf<typeof requestRebuild>;
type ParkedRequest = RequestOf<typeof retryParkedEvent> & RequestOf<typeof discardParkedEvent>;
type Acted = ValueOf<typeof retryParkedEvent> & ValueOf<typeof discardParkedEvent>;

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
  /** What a repeat is about may wait no more: where it waited is in the event of the first time. */
  const decidedBefore = async (projection: string, command: Command): Promise<string | undefined> => {
    const operations = streams.operations(log.tenant, projection);
    const [event] = (await findOwnWork<OperationEvent>(log, operations, step, command)).own;
    return event === undefined || event.type === 'projection.rebuild-requested' ? undefined : event.data.stream;
  };
  const holding = async (eventId: string, stream: string | undefined): Promise<string | undefined> => {
    const stored = stream === undefined ? [] : await log.store.readStream(stream);
    return stored.some(({ id }) => id === eventId) ? stream : undefined;
  };
  const aboutParked =
    (type: 'retry-parked-event' | 'discard-parked-event') =>
    async ({ projection, eventId, stream: waiting }: ParkedRequest, command: Command): Promise<Reply<Acted>> => {
      const stream = (await decidedBefore(projection, command)) ?? (await holding(eventId, waiting));
      if (stream === undefined) return fail('projection.not-parked');
      const decided = await decide({ type, projection, stream, eventId }, command);
      return decided.ok ? succeed({ stream }, decided.accepted.position) : decided;
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
