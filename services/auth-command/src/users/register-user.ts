import {
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  type registerUser,
  type UserObject,
} from '@evident/contracts';
import { streams } from '@evident/domain';
import type { RecordedUserEvent } from '../accounts.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { checkEmail, checkUsername, setByAdministrator } from '../identity/identifiers.ts';
import { findOwnWork } from '../own-work.ts';
import { placeAccount, registeredUserId, registrationStep } from '../people/place-account.ts';
import { mayGivePower } from '../power.ts';
import { replyWithUser } from './user-reply.ts';

type Request = RequestOf<typeof registerUser>;
type Refusal = { readonly ok: false; readonly error: ReplyError };

/**
 * Registers a user: rules, hash, claims on name and address, number, and then the user's stream, which decides.
 * `beforePower` is awaited once an administrator is registered and before the roster counts one.
 */
export function createRegisterUser(env: CommandEnvironment) {
  const { log, newPasswords, roster, turns } = env;

  return async (request: Request, command: Command, beforePower?: () => Promise<void>): Promise<Reply<UserObject>> => {
    const userId = registeredUserId(command);
    const stream = streams.user(log.tenant, userId);
    const earlier = await findOwnWork<RecordedUserEvent>(log, stream, registrationStep, command);
    if (earlier.ofOtherRequest) return fail('request.idempotency-mismatch');
    if (earlier.own.length === 0) {
      const refused = await register(request, userId, command);
      if (refused !== undefined) return refused;
    }
    // Last: until the roster counts an administrator, one too few is counted and nobody is locked out.
    if (request.isAdmin) {
      await beforePower?.();
      await turns.take(`user ${userId}`, () => roster.follow(userId, command));
    }
    return replyWithUser(env, userId, registrationStep, command);
  };

  async function register(request: Request, userId: string, command: Command): Promise<Refusal | undefined> {
    const powerless = request.isAdmin ? mayGivePower(command) : undefined;
    if (powerless !== undefined) return { ok: false, error: powerless };
    const username = checkUsername(log.lookup, request.username, request.email);
    if (!username.ok) return username;
    const email = checkEmail(log.lookup, request.email);
    if (!email.ok) return email;
    const password = await newPasswords.check(request.password, request);
    if (!password.ok) return password;
    // Before the claims, so that they are held for as short as can be.
    const hashed = await newPasswords.hash(userId, password.prepared);
    if (!hashed.ok) return hashed;
    const refusal = await command.stillPermitted(request.isAdmin ? mayGivePower : undefined);
    if (refusal !== undefined) return { ok: false, error: refusal };
    const identifiers = [username.identifier, email.identifier].map(setByAdministrator);
    const { isAdmin } = request;
    return placeAccount(env, { userId, identifiers, passwordHash: hashed.sealed, isAdmin }, command);
  }
}
