import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { Reply, RequestContext, UserObject } from '@evident/contracts';
import { deriveApiKey } from '@evident/crypto';
import { type DomainEvent, type SignInEvent, streams } from '@evident/domain';
import { type DecodedEvent, readable } from '@evident/event-store';
import { type ManualClock, manualClock, openTemporaryLog, requestContext, silentLogger } from '@evident/testing';
import type { AuthCommand } from '../src/auth-command.ts';
import { createAuthCommand } from '../src/create-auth-command.ts';
import { administratorOnLog, appendAsIs, tokenOnLog } from './caller-on-log.ts';
import { createGatedHasher, type GatedHasher } from './gated-hasher.ts';
import { createRowsDouble, type RowsDouble } from './rows-double.ts';
import { type AppendHooks, watchAppends } from './watched-log.ts';

export type Temporary = Awaited<ReturnType<typeof openTemporaryLog>>;

export interface Fixture {
  readonly temporary: Temporary;
  readonly clock: ManualClock;
  readonly service: AuthCommand;
  readonly rows: RowsDouble;
  readonly hasher: GatedHasher;
  readonly appends: AppendHooks;
  /** A request of an administrator. */
  asAdmin(more?: Partial<RequestContext>): RequestContext;
  /** A user on the log who holds these scopes and nothing else, and a request of theirs. */
  holderOf(...scopes: string[]): Promise<{ readonly userId: string; readonly context: RequestContext }>;
  /** A request of a user on the log whose generation is 1. */
  tokenOf(userId: string): Promise<RequestContext>;
  /** The events of a stream, decoded. */
  read(stream: string): Promise<readonly DecodedEvent[]>;
  signIns(userId: string | undefined): Promise<readonly SignInEvent[]>;
  append(stream: string, ...events: DomainEvent[]): Promise<void>;
  /** Ends the service and opens it anew on the same files, as after a restart. */
  restart(): Promise<Fixture>;
  /** Another process on the same files. */
  second(): Promise<Fixture>;
  /** Ends the service and closes the files. */
  end(): Promise<void>;
  remove(): Promise<void>;
}

export interface FixtureOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly hasher?: () => GatedHasher;
}

export async function openFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const clock = manualClock();
  const temporary = await openTemporaryLog({ now: clock, ...(options.env === undefined ? {} : { env: options.env }) });
  const { token } = await administratorOnLog(temporary);
  return fixtureOn(temporary, { clock, token, options });
}

async function fixtureOn(
  temporary: Temporary,
  shared: { readonly clock: ManualClock; readonly token: string; readonly options: FixtureOptions },
): Promise<Fixture> {
  const { clock, token, options } = shared;
  const { config, masterKey } = temporary;
  const appends: AppendHooks = {};
  const log = watchAppends(temporary.log, appends);
  const rows = createRowsDouble(temporary.log);
  const hasher = (options.hasher ?? createGatedHasher)();
  const service = await createAuthCommand({
    config,
    log,
    masterKey,
    client: rows,
    logger: silentLogger,
    now: clock,
    hasher,
  });
  const read = async (stream: string) => {
    const stored = await temporary.log.store.readStream(stream);
    return (await Promise.all(stored.map((event) => temporary.log.codec.decode(event)))).map(readable);
  };
  const tokenOf = async (userId: string) =>
    requestContext({ credential: await tokenOnLog(temporary, userId, 1, clock()) });
  const end = async () => {
    await service.close();
    await temporary.close();
  };
  return {
    temporary,
    clock,
    service,
    rows,
    hasher,
    appends,
    asAdmin: (more) => requestContext({ credential: token, ...more }),
    async holderOf(...scopes) {
      const userId = randomUUID();
      await appendAsIs(temporary, streams.user('main', userId), [
        { type: 'user.registered', data: { number: 2_000_001 } },
        { type: 'user.password-changed', data: { passwordHash: 'none', generation: 1 } },
        { type: 'user.scopes-assigned', data: { scopes } },
      ]);
      return { userId, context: await tokenOf(userId) };
    },
    tokenOf,
    read,
    signIns: async (userId) => (await read(streams.signIn('main', userId))) as unknown as readonly SignInEvent[],
    append: (stream, ...events) => appendAsIs(temporary, stream, events),
    async restart() {
      await end();
      return fixtureOn(await temporary.reopen(), shared);
    },
    second: async () => fixtureOn(await temporary.reopen(), shared),
    end,
    async remove() {
      await end();
      await temporary.remove();
    },
  };
}

/** The value of a reply that must have succeeded. */
export function valueIn<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(`refused: ${JSON.stringify(reply.error)}`);
  return reply.value;
}

export const codeOf = (reply: Reply<unknown>): string => (reply.ok ? 'ok' : reply.error.code);

export const goodPassword = 'correct horse battery';

export async function registerOn({ service, asAdmin }: Fixture, username: string): Promise<UserObject> {
  const email = `${username.normalize('NFKC').toLowerCase().replaceAll(' ', '.')}@example.com`;
  return valueIn(await service.registerUser({ username, email, password: goodPassword, isAdmin: false }, asAdmin()));
}

/** An app on the log, with a key that counts. */
export async function appOn({ append, temporary }: Fixture): Promise<{ appId: string; apiKey: string; keyId: string }> {
  const appId = randomUUID();
  const { key, keyId, prefix } = deriveApiKey(createSecretKey(randomBytes(32)), randomUUID(), appId);
  const lookup = temporary.log.lookup.hash('api-key', key);
  await append(
    streams.app('main', appId),
    { type: 'app.registered', data: { number: 7, name: 'crm', url: 'https://crm.example.com' } },
    { type: 'app.key-issued', data: { keyId, lookup, prefix } },
  );
  return { appId, apiKey: key, keyId };
}
