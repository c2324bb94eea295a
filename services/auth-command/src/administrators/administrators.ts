import { fail, type Reply, succeed, type UserObject } from '@evident/contracts';
import type { PasswordHasher } from '@evident/crypto';
import { holdsIdentifier, profileOf, streams } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import { type Config, randomUuid } from '@evident/runtime';
import type { CommandGate } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { identifierTyped } from '../identity/identifiers.ts';
import type { PasswordSeal } from '../passwords/password-seal.ts';
import { registeredUserId } from '../people/place-account.ts';
import { createChangeUser } from '../users/change-user.ts';
import { createRegisterUser } from '../users/register-user.ts';
import { derivePassword, generatePassword } from './generated-password.ts';
import { unusableAdministrator } from './usable-administrator.ts';

/** An administrator who was made just now; `password` only where it was generated: to be shown once. */
export interface NewAdministrator {
  readonly username: string;
  readonly password?: string;
}

export interface UserWithPassword {
  readonly user: UserObject;
  /** Only where it was generated. */
  readonly password?: string;
}

export interface AdministratorsOptions {
  readonly env: CommandEnvironment;
  readonly gate: Pick<CommandGate, 'openForSystem'>;
  readonly hasher: PasswordHasher;
  readonly seal: PasswordSeal;
}

type Configured = Config['administrator'];

/** What the operator of the machine may do without a token: the first administrator, another one, a new password. */
export class Administrators {
  readonly #options: AdministratorsOptions;

  constructor(options: AdministratorsOptions) {
    this.#options = options;
  }

  /**
   * Makes the first administrator where there is no active one; undefined where there is. Idempotent: after a crash,
   * and where two processes start at once, it is one and the same user with one and the same password. `announce` is
   * awaited before the administrator counts as made, so that a generated password is never lost unseen.
   * Throws `StartupProblem` where the configured name, address or password cannot be used.
   */
  async ensureFirst(
    configured: Configured,
    announce?: (administrator: NewAdministrator) => Promise<void> | void,
  ): Promise<NewAdministrator | undefined> {
    const { env, gate } = this.#options;
    const { log, roster, logger, keys } = env;
    if (await roster.hasActiveAdministrator()) {
      if (configured.password !== undefined) {
        logger.info({ variable: 'ADMIN_PASSWORD' }, 'It is ignored: there is an administrator already.');
      }
      return undefined;
    }
    const name = `first-administrator/${log.tenant}`;
    const generated = derivePassword(keys.commands, name);
    const command = gate.openForSystem('register-user', uuid5(name), {});
    const userId = registeredUserId(command);
    let made: NewAdministrator | undefined;
    const { username, email, password = generated } = configured;
    const registerUser = createRegisterUser(env);
    const reply = await registerUser({ username, email, password, isAdmin: true }, command, async () => {
      made = await this.#asRegistered(userId, generated);
      await announce?.(made);
    });
    if (!reply.ok) throw unusableAdministrator(reply.error.code, reply.error.details?.reason);
    if (await roster.hasActiveAdministrator()) return made;
    logger.error({ subject: `user:${userId}` }, 'There is no active administrator. Run: evident admin create');
    return undefined;
  }

  /** Another administrator, by the operator. */
  async create(wanted: Configured): Promise<Reply<UserWithPassword>> {
    const { env, gate } = this.#options;
    const generated = wanted.password === undefined ? generatePassword() : undefined;
    const { username, email, password = generated ?? '' } = wanted;
    const command = gate.openForSystem('register-user', randomUuid(), {});
    const reply = await createRegisterUser(env)({ username, email, password, isAdmin: true }, command);
    return withPassword(reply, generated);
  }

  /** A new password for whoever has this name or address; ends the sessions of that user. */
  async resetPassword(login: string, wanted?: string): Promise<Reply<UserWithPassword>> {
    const { env, gate } = this.#options;
    const { log, accounts } = env;
    const { kind, lookup } = identifierTyped(log.lookup, login);
    const reservation = await log.states.reservation.load(streams.reservation(log.tenant, kind, lookup));
    const holder = reservation.state.current?.holder;
    if (holder === undefined) return fail('user.unknown');
    const { user } = (await accounts.load(streams.user(log.tenant, holder))).state;
    if (!holdsIdentifier({ reservation: reservation.state, user, identifierLookup: lookup }))
      return fail('user.unknown');
    const generated = wanted === undefined ? generatePassword() : undefined;
    const command = gate.openForSystem('change-user', randomUuid(), {});
    const password = wanted ?? generated ?? '';
    return withPassword(await createChangeUser(env)({ id: user.number, password }, command), generated);
  }

  /** Who was registered, maybe by an earlier start with other settings: the generated password is told only where it is right. */
  async #asRegistered(userId: string, generated: string): Promise<NewAdministrator> {
    const { env, hasher, seal } = this.#options;
    const { person, user } = (await env.accounts.load(streams.user(env.log.tenant, userId))).state;
    const username = person === undefined ? '' : profileOf(person).username;
    const verified = await hasher.verify(seal.open(userId, user.passwordHash), generated);
    return verified === 'match' ? { username, password: generated } : { username };
  }
}

function withPassword(reply: Reply<UserObject>, generated: string | undefined): Reply<UserWithPassword> {
  if (!reply.ok) return reply;
  return succeed({ user: reply.value, ...(generated === undefined ? {} : { password: generated }) }, reply.position);
}
