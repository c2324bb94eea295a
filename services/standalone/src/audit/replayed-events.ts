import type { CloudEvent } from '@evident/contracts';
import type { AuditAnswers } from '@evident/identity-projection';

export interface ReplayFilter {
  readonly from?: string;
  readonly to?: string;
  readonly types?: string;
  readonly subject?: string;
  /** Goes on after this position. */
  readonly after?: string;
}

const perPage = 1_000;

/** A stretch of the log in order, page by page; it ends where the log ended when it began. */
export async function* replayedEvents(
  answers: Pick<AuditAnswers, 'auditEvents'>,
  filter: ReplayFilter,
): AsyncGenerator<readonly CloudEvent[]> {
  const to = filter.to ?? (await lastPosition(answers));
  const bounded = to === undefined ? filter : { ...filter, to };
  for (let after = filter.after; ; ) {
    const { from, ...rest } = bounded;
    // The beginning is looked up once: after it each page goes on where the one before ended.
    const asked = {
      ...rest,
      ...(after === filter.after && from !== undefined ? { from } : {}),
      ...(after === undefined ? {} : { after }),
    };
    const { events, next } = await answers.auditEvents({ ...asked, limit: perPage, order: 'asc' });
    if (events.length > 0) yield events;
    if (next === null) return;
    after = next;
  }
}

async function lastPosition(answers: Pick<AuditAnswers, 'auditEvents'>): Promise<string | undefined> {
  const { events } = await answers.auditEvents({ limit: 1, order: 'desc' });
  return events[0]?.position;
}
