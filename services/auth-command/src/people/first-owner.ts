import {
  type DomainEvent,
  isLivingUser,
  type RosterEvent,
  type SignInEvent,
  streams,
  userDecider,
} from '@evident/domain';
import { readable, runCommand, streamInTurns, uuid5 } from '@evident/event-store';
import type { WriteContext } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';

type Env = Pick<CommandEnvironment, 'log' | 'accounts' | 'roster' | 'turns' | 'logger' | 'now'>;

const settlePatienceMs = 10_000;

/**
 * Gives a fresh tenant to the first person who signs up at this very machine (design.md, section 12). Whether this may
 * be at all, configuration says; here is asked whether the tenant is still fresh: it has no owner, and none of those who
 * ever were its administrators has signed in.
 */
export class FirstOwner {
  readonly #env: Env;
  readonly #offered: boolean;

  /** `offered`: the configuration allows it, which it does only while everything is loopback. */
  constructor(env: Env, offered: boolean) {
    this.#env = env;
    this.#offered = offered;
  }

  /** Makes the user the owner if they are the first; only for who registered just now. */
  async offer(userId: string, fromThisMachine: boolean, command: WriteContext): Promise<void> {
    if (!this.#offered || !fromThisMachine) return;
    const owner = await this.#env.roster.owner();
    if (owner === userId) return this.#give(userId, command);
    if (owner !== undefined || (await this.#administratorHasSignedIn())) return;
    // Of several at once the roster lets one pass.
    if (await this.#env.roster.claimOwner(userId, command)) await this.#give(userId, command);
  }

  /** Finishes what a process began that ended between the roster and the user: to be asked at each start. */
  async settle(): Promise<void> {
    const { log, accounts, roster, logger, now } = this.#env;
    const userId = await roster.owner();
    if (userId === undefined) return;
    const { user } = (await accounts.load(streams.user(log.tenant, userId))).state;
    if (!isLivingUser(user) || user.isOwner) return;
    const commandId = uuid5(`owner/${userId}`);
    const metadata = {
      tenant: log.tenant,
      actor: 'system',
      commandId,
      correlationId: commandId,
      occurredAt: now(),
    };
    await this.#give(userId, { metadata, deadline: now() + settlePatienceMs });
    logger.info({ subject: `user:${userId}` }, 'The owner of the tenant, who was claimed before, is in office now.');
  }

  async #give(userId: string, { metadata, deadline }: WriteContext): Promise<void> {
    const { log, roster, turns, now } = this.#env;
    await runCommand(
      { store: log.store, codec: log.codec, decider: userDecider, now },
      {
        stream: streams.user(log.tenant, userId),
        step: 'own',
        command: { type: 'grant-ownership' },
        metadata,
        deadline,
      },
    );
    await turns.take(`user ${userId}`, () => roster.follow(userId, { metadata, deadline }));
  }

  async #administratorHasSignedIn(): Promise<boolean> {
    const { log } = this.#env;
    const everAdministrators = new Set<string>();
    for await (const event of this.#read<RosterEvent>(streams.roster(log.tenant))) {
      if (event.type === 'roster.granted') everAdministrators.add(event.data.userId);
    }
    for (const userId of everAdministrators) if (await this.#hasSignedIn(userId)) return true;
    return false;
  }

  /** An answer to an app says nothing of who has the administrator's password here; a session or a token does. */
  async #hasSignedIn(userId: string): Promise<boolean> {
    const stream = streams.signIn(this.#env.log.tenant, userId);
    const [oldest] = await this.#env.log.store.readStream(stream, { limit: 1 });
    // What the log let go of may have been it.
    if (oldest !== undefined && oldest.revision > 0) return true;
    for await (const event of this.#read<SignInEvent>(stream)) {
      if (event.type === 'signin.succeeded' && event.data.purpose !== 'verify') return true;
    }
    return false;
  }

  async *#read<Event extends DomainEvent>(stream: string): AsyncGenerator<Event> {
    const { store, codec } = this.#env.log;
    for await (const page of streamInTurns(store, stream)) {
      for (const stored of page) yield readable<Event>(await codec.decode(stored));
    }
  }
}
