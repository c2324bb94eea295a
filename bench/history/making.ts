import type { PasswordSeal, ServiceKeys } from '@evident/auth-command';
import { idempotentCommandId } from '@evident/crypto';
import type { CommandMetadata } from '@evident/event-store';
import { uuid5 } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { BulkAppend } from './bulk-append.ts';

/** What the parts of a history are made with. */
export interface Making {
  readonly log: Log;
  readonly keys: ServiceKeys;
  readonly seal: PasswordSeal;
  readonly appends: BulkAppend;
  readonly now: () => number;
  /** Uuid of the administrator, who did everything but sign in. */
  readonly administrator: string;
  readonly shape: { readonly apps: number; readonly assignmentsEach: number };
}

const agents = ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 'curl/8.11.0', 'Mozilla/5.0 (Macintosh)'];

export function clientOf(nth: number): { readonly clientIp: string; readonly userAgent: string } {
  const [b, c, d] = [(nth >> 16) & 255, (nth >> 8) & 255, nth & 255];
  return { clientIp: `10.${b}.${c}.${d}`, userAgent: agents[nth % agents.length] ?? '' };
}

/** As the gate of commands makes it for a request of the administrator. */
export function byAdministrator(
  { log, keys, now, administrator }: Making,
  commandId: string,
  name: string,
): CommandMetadata {
  const actor = `user:${administrator}`;
  return {
    tenant: log.tenant,
    actor,
    commandId,
    fingerprint: idempotentCommandId(keys.commands, ['fingerprint', actor, name, commandId]),
    correlationId: uuid5(`correlation/${commandId}`),
    occurredAt: now(),
    ...clientOf(1),
    clientPerson: administrator,
  };
}
