import type { UserCommand } from '@evident/domain';
import { streams, userDecider } from '@evident/domain';
import { runCommand, uuid5 } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Clock, Logger } from '@evident/runtime';
import type { NewPasswords } from '../passwords/new-passwords.ts';
import type { Candidate } from './find-candidate.ts';

export interface RehashOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant'>;
  readonly newPasswords: NewPasswords;
  readonly logger: Logger;
  readonly now: Clock;
}

/** Stores a password that was just proven under the cost of today. Nobody waits for it; the next sign-in tries again. */
export class RehashPassword {
  readonly #options: RehashOptions;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: RehashOptions) {
    this.#options = options;
  }

  later(user: Candidate, password: string): void {
    const { userId } = user;
    if (this.#underWay.has(userId)) return;
    const work = this.#rehash(user, password)
      .catch((error: unknown) => {
        this.#options.logger.warn({ subject: `user:${userId}`, error }, 'A password could not be hashed anew.');
      })
      .finally(() => this.#underWay.delete(userId));
    this.#underWay.set(userId, work);
  }

  async finish(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  async #rehash({ userId, passwordHash: previous }: Candidate, password: string): Promise<void> {
    const { log, newPasswords, now } = this.#options;
    const hashed = await newPasswords.hash(userId, password);
    if (!hashed.ok) return;
    const { tenant } = log;
    const commandId = uuid5(JSON.stringify(['rehash', userId, previous]));
    const command: UserCommand = { type: 'rehash-password', previous, passwordHash: hashed.sealed };
    await runCommand(
      { store: log.store, codec: log.codec, decider: userDecider, now },
      {
        stream: streams.user(tenant, userId),
        step: 'rehash',
        command,
        metadata: { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: now() },
      },
    );
  }
}
