import { personObjectOf } from '@evident/caller';
import {
  type authenticate,
  fail,
  type PersonObject,
  type Reply,
  type ReplyError,
  type RequestContext,
  type RequestOf,
  type registerPerson,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { holdsIdentifier, streams } from '@evident/domain';
import type { JsonObject } from '@evident/event-store';
import { addressHash } from '../attempts/caller-hash.ts';
import { attemptInPerson } from '../attempts/sign-in-attempt.ts';
import { takenCode } from '../claims/claim-together.ts';
import type { Command, CommandGate } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { type CheckedIdentifier, checkIdentifier, identifierSought, setByOneself } from '../identity/identifiers.ts';
import type { WindowLimit, WindowPlace } from '../limits/window-limit.ts';
import type { SignInUseCases } from '../sign-in/create-sign-in.ts';
import { refusedAudience } from '../sign-in/refused-audience.ts';
import { unreadableMember } from '../sign-in/unreadable-member.ts';
import { checkDetails } from './details.ts';
import type { FirstOwner } from './first-owner.ts';
import { personAfterCommand } from './person-reply.ts';
import { placeAccount, registeredUserId } from './place-account.ts';

type Request = RequestOf<typeof registerPerson>;
type Value = ValueOf<typeof registerPerson>;
type SignedIn = Reply<ValueOf<typeof authenticate>>;

export interface RegisterPersonOptions {
  readonly env: CommandEnvironment;
  readonly gate: Pick<CommandGate, 'openForNewcomer'>;
  readonly admit: SignInUseCases['admit'];
  readonly authenticate: (request: RequestOf<typeof authenticate>, context: RequestContext) => Promise<SignedIn>;
  readonly firstOwner: FirstOwner;
  /** Undefined where limits are switched off. */
  readonly limit: WindowLimit | undefined;
  /** Whether people may register by themselves at all. */
  readonly isOpen: boolean;
  /** Audiences for which a session may be asked. */
  readonly audiences: readonly string[];
}

/**
 * Sign-up, and with `orSignIn` a sign-in of whoever is known already. Where nobody may register, and where an address
 * has tried too often, known and unknown identifiers are answered alike: only who has the right password gets in.
 */
export function createRegisterPerson(options: RegisterPersonOptions) {
  const { env, gate, admit, firstOwner, limit, isOpen, audiences } = options;
  const { log, accounts, newPasswords } = env;

  return async (request: Request, context: RequestContext): Promise<Reply<Value>> => {
    const wrong = check(request);
    if (wrong !== undefined) return { ok: false, error: wrong };
    const place = isOpen ? limit?.take(addressHash(log.lookup, context.clientIp)) : undefined;
    const closed = closedTo(place);
    if (closed !== undefined) return signInAtMost(request, closed, context);
    const command = gate.openForNewcomer(
      { name: 'register-person', payload: request as JsonObject, userIdOf: (id) => registeredUserId({ id }) },
      context,
    );
    const userId = registeredUserId(command);
    const sought = identifierSought(log.lookup, request.identifier, request.kind);
    const failed = (await knownAs(sought, userId)) ?? (await register(request, userId, command));
    if (failed?.code === takenCode[sought.kind] && request.orSignIn === true) {
      return signInInstead(request, place, context);
    }
    if (failed !== undefined) return { ok: false, error: failed };
    await firstOwner.offer(userId, request.fromThisMachine, command);
    return answer(request, userId, command, context);
  };

  function check(request: Request): ReplyError | undefined {
    const foreign = refusedAudience(request.audience, audiences);
    if (foreign !== undefined) return foreign;
    const member = unreadableMember(request, ['identifier', 'password']);
    return member === undefined ? undefined : fail('request.invalid', { details: { part: 'payload', member } }).error;
  }

  function closedTo(place: WindowPlace | undefined): ReplyError | undefined {
    if (!isOpen) return fail('user.self-registration-disabled').error;
    if (place === undefined || place.ok) return undefined;
    return fail('request.too-many-attempts', { retryAfterSeconds: place.retryAfterSeconds }).error;
  }

  /** Where nobody is registered. */
  async function signInAtMost(request: Request, closed: ReplyError, context: RequestContext): Promise<Reply<Value>> {
    if (request.orSignIn !== true) return { ok: false, error: closed };
    const signedIn = await signIn(request, context);
    return signedIn.ok ? signedIn : { ok: false, error: errorInstead(signedIn.error, closed) };
  }

  /** Of who is known: it was no registration, so it is not counted as one. */
  async function signInInstead(
    request: Request,
    place: WindowPlace | undefined,
    context: RequestContext,
  ): Promise<Reply<Value>> {
    const signedIn = await signIn(request, context);
    if (signedIn.ok && place?.ok === true) place.giveBack();
    return signedIn;
  }

  async function signIn(request: Request, context: RequestContext): Promise<Reply<Value>> {
    const { identifier: username, kind, password, audience } = request;
    const asked = { username, password, purpose: 'session' as const };
    const named = { ...(kind === undefined ? {} : { kind }), ...(audience === undefined ? {} : { audience }) };
    const reply = await options.authenticate({ ...asked, ...named }, context);
    if (!reply.ok) return reply;
    const { userId, evidence, person } = reply.value;
    if (person === undefined) throw new Error(`user:${userId} signed in and is not there`);
    return succeed({ userId, evidence, person, registered: false }, reply.position);
  }

  /** Why not, where somebody else has the identifier. From the leader: who is known is never registered anew. */
  async function knownAs({ kind, lookup }: CheckedIdentifier, userId: string): Promise<ReplyError | undefined> {
    const reservation = (await log.states.reservation.load(streams.reservation(log.tenant, kind, lookup))).state;
    const holder = reservation.current?.holder;
    if (holder === undefined || holder === userId) return undefined;
    const { user } = (await accounts.load(streams.user(log.tenant, holder))).state;
    const isHeld = holdsIdentifier({ reservation, user, identifierLookup: lookup });
    return isHeld ? fail(takenCode[kind]).error : undefined;
  }

  async function register(request: Request, userId: string, command: Command): Promise<ReplyError | undefined> {
    const earlier = await personAfterCommand(env, userId, command);
    if (!earlier.ok) return earlier.error;
    if (earlier.own.length > 0) return undefined;
    const checked = checkIdentifier(log.lookup, request);
    if (!checked.ok) return checked.error;
    const { identifier } = checked;
    const details = checkDetails({ name: request.name });
    if (!details.ok) return details.error;
    const hashed = await hashNew(request.password, userId, identifier.value);
    if (!hashed.ok) return hashed.error;
    const account = {
      userId,
      identifiers: [setByOneself(identifier)],
      passwordHash: hashed.sealed,
      isAdmin: false,
      details: details.details,
    };
    return (await placeAccount(env, account, command))?.error;
  }

  async function hashNew(password: string, userId: string, identifier: string) {
    const checked = await newPasswords.check(password, { username: identifier, email: identifier });
    return checked.ok ? newPasswords.hash(userId, checked.prepared) : checked;
  }

  async function answer(
    request: Request,
    userId: string,
    command: Command,
    context: RequestContext,
  ): Promise<Reply<Value>> {
    const after = await personAfterCommand(env, userId, command);
    if (!after.ok) return after;
    if (after.person === undefined) return fail('user.unknown');
    const set = after.own.find((event) => event.type === 'user.password-changed');
    const passwordHash = set?.type === 'user.password-changed' ? set.data.passwordHash : '';
    const { identifier: username, kind, password, audience } = request;
    const typed = { purpose: 'session', username, kind, password, audience } as const;
    const outcome = await admit(attemptInPerson(log.lookup, typed, context), { userId, passwordHash });
    const { stream, revision, position } = outcome.recorded;
    // Registered, and disabled or changed by an administrator before this very answer.
    if (outcome.outcome === 'failed') return fail('signin.refused', { position });
    const person: PersonObject = await personObjectOf(log, userId, after.person);
    const evidence = { stream, revision, ticket: outcome.ticket ?? '' };
    return succeed({ userId, person, evidence, registered: true }, position);
  }
}

/** A wrong password reads like an identifier that nobody has; what says nothing of either is told as it is. */
function errorInstead(failed: ReplyError, closed: ReplyError): ReplyError {
  return failed.code === 'signin.refused' ? closed : failed;
}
