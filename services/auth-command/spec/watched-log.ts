import type { EventStore, NewEvent } from '@evident/event-store';
import type { Log } from '@evident/log';

export interface AppendHooks {
  /** Before an append; a throw makes it fail as if the process had ended there. */
  before?: ((stream: string, events: readonly NewEvent[]) => Promise<void> | void) | undefined;
  /** After it was durable and before anybody hears of it. */
  after?: ((stream: string, events: readonly NewEvent[]) => Promise<void> | void) | undefined;
}

/** The same log with hooks around its appends. */
export function watchAppends(log: Log, hooks: AppendHooks): Log {
  const store: EventStore = new Proxy(log.store, {
    get(target, name) {
      if (name === 'append') {
        return async (...[stream, events, expected]: Parameters<EventStore['append']>) => {
          await hooks.before?.(stream, events);
          const outcome = await target.append(stream, events, expected);
          await hooks.after?.(stream, events);
          return outcome;
        };
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { ...log, store };
}
