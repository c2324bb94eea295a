import type { StoredEvent } from '@evident/event-store';
import type { RunnerHooks, StartOverReason } from '@evident/read-model';
import type { Logger } from '@evident/runtime';

export interface LoggedHooks {
  onStartOver(reason: StartOverReason): void;
  onLive(): void;
  onApplied(events: readonly StoredEvent[]): void;
}

/** What a group's runner tells, in the log too: what is usual at a start at `debug`, what an operator has to know above it. */
export function loggedHooks(logger: Logger, { onStartOver, onLive, onApplied }: LoggedHooks): RunnerHooks {
  let hasFaulted = false;
  return {
    onApplied,
    onState: (state) => {
      if (state === 'live') onLive();
      const isUsual = state === 'catching-up' || (state === 'live' && !hasFaulted);
      hasFaulted = state === 'faulted' || (hasFaulted && state === 'catching-up');
      logger[isUsual ? 'debug' : 'info']({ reason: state }, 'Projections changed their state.');
    },
    onParked: ({ projection, eventId, type, position }) =>
      logger.error(
        { projection, eventId, eventType: type, position },
        'An event could not be applied; its stream waits.',
      ),
    onFault: ({ error, attempt }) => logger.warn({ error, attempt }, 'Projecting failed; it is tried again.'),
    onStartOver: (reason) => {
      onStartOver(reason);
      logger.info({ reason }, 'The views are built from the first event on.');
    },
  };
}
