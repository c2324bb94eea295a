import { fail, type Reply, succeed } from '@evident/contracts';
import {
  type ErasureCommand,
  type ErasureEvent,
  type ErasuresState,
  erasureDecider,
  type IdentifierPolicy,
  streams,
  userDecider,
} from '@evident/domain';
import { StreamStates, uuid5 } from '@evident/event-store';
import { Recurring } from '@evident/runtime';
import { releaseEndedClaims } from '../claims/release-ended-claims.ts';
import type { Command, CommandGate } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { isSelf, mayActFor } from '../power.ts';

const eraseStep = 'erase';
/** How often erasures are looked for that a process left in the middle. */
const everyMs = 30_000;

/**
 * Erases people, in steps of which each may be the last before the process dies: that it was asked for, on a stream of
 * its own; the end of the user; the deletion of the key, which is what cannot be undone; that it is done. Whoever starts
 * next goes on where it ended.
 */
export class Erasures {
  readonly #env: CommandEnvironment;
  readonly #gate: CommandGate;
  readonly #stream: string;
  readonly #states: StreamStates<ErasuresState, ErasureEvent>;
  readonly #resuming: Recurring;

  constructor(env: CommandEnvironment, gate: CommandGate) {
    const { store, codec, tenant } = env.log;
    this.#env = env;
    this.#gate = gate;
    this.#stream = streams.erasures(tenant);
    this.#states = new StreamStates({ store, codec, decider: erasureDecider, capacity: 1 });
    this.#resuming = new Recurring({
      work: () => this.#resumeTold(),
      everyMs,
      onFault: (error) =>
        env.logger.warn({ error }, 'An interrupted erasure cannot be completed yet; it is tried again.'),
    });
  }

  async erase(userId: string, identifiers: IdentifierPolicy, command: Command): Promise<Reply<{ userId: string }>> {
    const { log, accounts, roster, turns } = this.#env;
    if (isSelf(command, userId)) return fail('user.own-erasure');
    return turns.take(`user ${userId}`, async () => {
      const { user } = (await accounts.load(streams.user(log.tenant, userId))).state;
      if (!user.registered) return fail('user.unknown');
      if (!user.erased) {
        const beyond = await mayActFor(log, command, { userId, user, scope: 'manage:evident/privacy' });
        if (beyond !== undefined) return { ok: false, error: beyond };
        const taken = await roster.take(userId, 'revoke', command);
        if (taken !== 'done') return fail(taken === 'contended' ? 'write.contended' : 'user.last-administrator');
      }
      const requested = await this.#decide({ type: 'request-erasure', userId, identifiers }, command);
      if (!requested.ok) {
        // Nothing was begun, so what was taken on the roster is given back.
        await roster.follow(userId, command);
        return requested;
      }
      const policy = requested.accepted.state.erasures.get(userId)?.identifiers ?? identifiers;
      return this.#complete(userId, policy, command);
    });
  }

  /** Finishes what was asked for and not completed; how many. */
  async resume(): Promise<number> {
    const { state } = await this.#states.load(this.#stream);
    const open = [...state.erasures].filter(([, { completed }]) => !completed);
    for (const [userId, { identifiers }] of open) {
      const id = uuid5(`erasure/${userId}`);
      const command = this.#gate.openForSystem('resume-erasure', id, { userId });
      await this.#env.turns.take(`user ${userId}`, () => this.#complete(userId, identifiers, command));
    }
    return open.length;
  }

  start(): void {
    this.#resuming.start();
  }

  stop(): Promise<void> {
    return this.#resuming.stop();
  }

  async #resumeTold(): Promise<void> {
    const count = await this.resume();
    if (count > 0) this.#env.logger.info({ count }, 'Erasures that were interrupted are complete.');
  }

  async #complete(userId: string, identifiers: IdentifierPolicy, command: Command): Promise<Reply<{ userId: string }>> {
    const { log, roster } = this.#env;
    const stream = streams.user(log.tenant, userId);
    const decision = { type: 'erase-user', identifiers } as const;
    const ended = await decideOnStream(this.#env, { decider: userDecider, stream, step: eraseStep, decision }, command);
    // A log that was restored may know nothing of who was erased later: the key goes all the same.
    if (!ended.ok && ended.error.code !== 'user.unknown') return ended;
    await roster.follow(userId, command);
    await log.personKeys.erase(userId);
    // Who goes on with what was interrupted is another command than the one that took the names.
    await releaseEndedClaims(this.#env, userId, eraseStep, command, { all: true });
    const completed = await this.#decide({ type: 'complete-erasure', userId }, command);
    return completed.ok ? succeed({ userId }, completed.accepted.position) : completed;
  }

  #decide(decision: ErasureCommand, command: Command) {
    const step = `${decision.type} ${decision.userId}`;
    const request = { decider: erasureDecider, stream: this.#stream, step, decision };
    return decideOnStream<ErasureCommand, ErasuresState, ErasureEvent, string>(this.#env, request, command);
  }
}
