import { type RosterCommand, type RosterState, rosterDecider, streams, type UserState } from '@evident/domain';
import { runCommand } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Clock, Logger } from '@evident/runtime';
import type { Accounts } from '../accounts.ts';
import type { WriteContext } from '../command.ts';

export type RosterOutcome = 'done' | 'last-administrator' | 'contended';

export interface RosterOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant' | 'states'>;
  readonly accounts: Accounts;
  readonly logger: Logger;
  readonly now: Clock;
}

type Administrators = RosterState['administrators'];

const rounds = 4;
const attempts = 16;

/** The administrators of the tenant. Power is taken here before it is taken from the user, and given here after. */
export class Roster {
  readonly #options: RosterOptions;
  readonly #stream: string;

  constructor(options: RosterOptions) {
    this.#options = options;
    this.#stream = streams.roster(options.log.tenant);
  }

  async hasActiveAdministrator(): Promise<boolean> {
    return (await this.#active(await this.#standing())).length > 0;
  }

  /** `suspend` for who is to be disabled or to lose their password, `revoke` for who is to be demoted or removed. */
  async take(userId: string, type: 'suspend' | 'revoke', command: WriteContext): Promise<RosterOutcome> {
    return this.#run({ type, userId }, command);
  }

  /** The first to ask becomes the owner of the tenant; false for everybody after. */
  async claimOwner(userId: string, { metadata, deadline }: WriteContext): Promise<boolean> {
    const { log, now } = this.#options;
    const command: RosterCommand = { type: 'claim-owner', userId };
    const outcome = await runCommand(
      { store: log.store, codec: log.codec, decider: rosterDecider, now },
      { stream: this.#stream, step: `claim-owner-${userId}`, command, metadata, deadline },
    );
    return outcome.outcome === 'accepted';
  }

  /** Whom the tenant belongs to; undefined while it is nobody. */
  async owner(): Promise<string | undefined> {
    return (await this.#options.log.states.roster.load(this.#stream)).state.owner;
  }

  /**
   * Brings the roster to what the user's own stream says now: after power was given, and after a change that was
   * refused at its last step and has to be undone here. Read again after each step, since the user may be changed
   * meanwhile by a command that found nothing to take yet.
   */
  async follow(userId: string, command: WriteContext): Promise<void> {
    const { accounts, log, logger } = this.#options;
    for (let round = 1; round <= rounds; round++) {
      const { state } = await accounts.load(streams.user(log.tenant, userId));
      const step = stepTowards(state.user, (await this.#standing()).get(userId));
      if (step === undefined) return;
      const outcome = await this.#run({ type: step, userId }, command);
      if (outcome === 'last-administrator') {
        logger.error({ subject: `user:${userId}`, step }, 'The roster counts an administrator who is none any more.');
        return;
      }
    }
  }

  async #standing() {
    return (await this.#options.log.states.roster.load(this.#stream)).state.administrators;
  }

  async #run(change: RosterCommand, { metadata, deadline }: WriteContext): Promise<RosterOutcome> {
    const { log, now } = this.#options;
    for (let attempt = 1; attempt <= attempts && now() < deadline; attempt++) {
      const { state, revision } = await log.states.roster.load(this.#stream);
      const command = { ...change, confirmed: await this.#confirmed(state.administrators, change.userId) };
      const outcome = await runCommand(
        { store: log.store, codec: log.codec, decider: rosterDecider, now, attempts: 1 },
        // A step is named after where it began: what a command took and gave back, its retry takes again.
        { stream: this.#stream, step: `${change.type}-${change.userId}-${revision}`, command, metadata, deadline },
      );
      if (outcome.outcome === 'accepted') return 'done';
      if (outcome.outcome === 'rejected') return 'last-administrator';
    }
    return 'contended';
  }

  /** Others who are left where this one goes: whoever has no password cannot sign in and administers nothing. */
  async #confirmed(administrators: Administrators, userId: string): Promise<string[]> {
    const active = await this.#active(administrators);
    return active.flatMap(([other, user]) => (other !== userId && user.passwordHash !== '' ? [other] : []));
  }

  /** Whom their own streams confirm, read after the roster: an entry left by a crash between two steps saves nobody. */
  async #active(administrators: Administrators): Promise<[userId: string, user: UserState][]> {
    const { accounts, log } = this.#options;
    const active: [string, UserState][] = [];
    for (const [userId, standing] of administrators) {
      if (standing !== 'active') continue;
      const { user } = (await accounts.load(streams.user(log.tenant, userId))).state;
      if (user.isAdmin && user.isActive) active.push([userId, user]);
    }
    return active;
  }
}

/** What is missing for the roster to say the same as the user's stream; undefined where it does. */
function stepTowards(
  { isAdmin, isActive, removed }: UserState,
  standing: 'active' | 'suspended' | undefined,
): RosterCommand['type'] | undefined {
  if (removed || !isAdmin) return standing === undefined ? undefined : 'revoke';
  if (isActive) return standing === 'active' ? undefined : 'grant';
  return standing === 'active' ? 'suspend' : undefined;
}
