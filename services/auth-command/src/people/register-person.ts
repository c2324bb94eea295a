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
import { takenCode } from '../claims/claim-together.ts';
import type { Command, CommandGate } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { type CheckedIdentifier, checkIdentifier, identifierSought, setByOneself } from '../identity/identifiers.ts';
import { addressHash } from '../limits/caller-hash.ts';
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
    const foreign = refusedAudience(request.audience, audiences);
    if (foreign !== undefined) return { ok: false, error: foreign };
    const wrong = unreadableMember(request, ['identifier', 'password']);
    if (wrong !== undefined) return fail('request.invalid', { details: { part: 'payload', member: wrong } });
    const place = isOpen ? limit?.take(addressHash(log.lookup, context.clientIp)) : undefined;
    const refused = refusalOf(place);
    if (refused !== undefined) {
      const signedIn = request.orSignIn === true ? await signIn(request, context) : undefined;
      return signedIn?.ok === true ? signedIn : { ok: false, error: errorInstead(signedIn, refused) };
    }
    const command = gate.openForNewcomer(
      { name: 'register-person', payload: request as JsonObject, userIdOf: (id) => registeredUserId({ id }) },
      context,
    );
    const userId = registeredUserId(command);
    const sought = identifierSought(log.lookup, request.identifier, request.kind);
    const holder = await holderOf(sought);
    const taken = takenCode[sought.kind];
    const isKnown = holder !== undefined && holder !== userId;
    const failed = isKnown ? fail(taken).error : await register(request, userId, command);
    if (failed !== undefined) {
      if (failed.code !== taken || request.orSignIn !== true) return { ok: false, error: failed };
      const signedIn = await signIn(request, context);
      if (signedIn.ok && place?.ok === true) place.giveBack();
      return signedIn;
    }
    await firstOwner.offer(userId, request.fromThisMachine, command);
    return answer(request, userId, command, context);
  };

  function refusalOf(place: WindowPlace | undefined): ReplyError | undefined {
    if (!isOpen) return fail('user.self-registration-disabled').error;
    if (place === undefined || place.ok) return undefined;
    return fail('request.too-many-attempts', { retryAfterSeconds: place.retryAfterSeconds }).error;
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

  /** From the leader: who is known is never registered anew, whatever rows say. */
  async function holderOf({ kind, lookup }: CheckedIdentifier): Promise<string | undefined> {
    const reservation = (await log.states.reservation.load(streams.reservation(log.tenant, kind, lookup))).state;
    const holder = reservation.current?.holder;
    if (holder === undefined) return undefined;
    const { user } = (await accounts.load(streams.user(log.tenant, holder))).state;
    return holdsIdentifier({ reservation, user, identifierLookup: lookup }) ? holder : undefined;
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
    const password = await newPasswords.check(request.password, {
      username: identifier.value,
      email: identifier.value,
    });
    if (!password.ok) return password.error;
    const hashed = await newPasswords.hash(userId, password.prepared);
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
    const { clientIp: ip, userAgent } = context;
    const address = addressHash(log.lookup, ip);
    const outcome = await admit(
      {
        purpose: 'session',
        username: request.identifier,
        ...(request.kind === undefined ? {} : { kind: request.kind }),
        password: request.password,
        key: undefined,
        audience: request.audience ?? null,
        caller: address,
        address,
        client: { ...(ip === undefined ? {} : { ip }), ...(userAgent === undefined ? {} : { userAgent }) },
        context,
      },
      { userId, passwordHash },
    );
    const { stream, revision, position } = outcome.recorded;
    // Registered, and disabled or changed by an administrator before this very answer.
    if (outcome.outcome === 'failed') return fail('signin.refused', { position });
    const person: PersonObject = await personObjectOf(log, userId, after.person);
    const evidence = { stream, revision, ticket: outcome.ticket ?? '' };
    return succeed({ userId, person, evidence, registered: true }, position);
  }
}

/** A wrong password reads like an identifier that nobody has; what says nothing of either is told as it is. */
function errorInstead(signedIn: Reply<Value> | undefined, refused: ReplyError): ReplyError {
  if (signedIn === undefined || signedIn.ok || signedIn.error.code === 'signin.refused') return refused;
  return signedIn.error;
}
