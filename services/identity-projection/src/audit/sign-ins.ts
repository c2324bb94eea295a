import type { auditSignIns, CloudEvent, RequestOf, ValueOf } from '@evident/contracts';
import type { KeyedHash } from '@evident/crypto';
import { streams } from '@evident/domain';
import type { StoredEvent } from '@evident/event-store';
import { lastExpiry } from '@evident/evidence';
import type { Found } from '../reading/reading.ts';
import type { Asker, Auditing } from './auditing.ts';
import { EventPage } from './event-page.ts';
import { chosenRows, type EventSource, oneStream } from './event-source.ts';
import { findParty } from './find-party.ts';
import { searchRange } from './search-range.ts';

const mostExamined = 5_000;

const typeOf = { succeeded: 'signin.succeeded', failed: 'signin.failed', throttled: 'signin.throttled' } as const;
type Outcome = keyof typeof typeOf;
const outcomes = Object.keys(typeOf) as Outcome[];

type SignIn = ValueOf<typeof auditSignIns>['signIns'][number];
type Counted = SignIn['counted'];

/** Attempts to sign in, oldest first: those of a user from the user's own stream, else by app or outcome. */
export async function signInsIn(
  auditing: Auditing,
  { user, app, outcome, limit, ...span }: RequestOf<typeof auditSignIns>,
  asker: Asker,
): Promise<Found<ValueOf<typeof auditSignIns>>> {
  const range = await searchRange(auditing, span, asker);
  if ('error' in range) return range;
  const appUid = app === undefined ? undefined : await findParty(auditing, 'app', app);
  if (appUid !== undefined && 'error' in appUid) return appUid;
  const stream = user === undefined ? undefined : await streamOf(auditing, user);
  if (stream !== undefined && 'error' in stream) return stream;
  const types = new Set<string>(outcome === undefined ? Object.values(typeOf) : [typeOf[outcome]]);
  const wantedApp = appUid?.found.uid;
  const passes = (row: { type: string; app: string | null }) =>
    types.has(row.type) && (wantedApp === undefined || row.app === wantedApp);
  const choice =
    wantedApp === undefined
      ? ({ member: 'type', values: [...types] } as const)
      : ({ member: 'app', values: [wantedApp] } as const);
  const source: EventSource =
    stream === undefined
      ? chosenRows(auditing, choice, range.found, passes)
      : oneStream(auditing.log.store, stream.found, range.found);

  const page = new EventPage(auditing, asker, limit);
  const counted: Counted[] = [];
  let examined = 0;
  let next: string | null = null;
  for await (const candidates of source) {
    const matching = candidates.events.filter((event) => passes({ type: event.type, app: appOf(event) }));
    const added = await page.add(matching);
    counted.push(...matching.slice(0, added).map((event) => countedAs(auditing.log.lookup, event)));
    examined += candidates.examined;
    if (added < matching.length) next = page.events.at(-1)?.position ?? null;
    else if (page.events.length === limit || examined >= mostExamined) next = candidates.reached;
    else continue;
    break;
  }
  const signIns = page.events.map((event, index) => signInOf(event, counted[index] ?? { account: null, caller: '' }));
  return {
    found: { signIns, expiredBefore: await expiredBefore(auditing), next: next === range.found.upTo ? null : next },
  };
}

/** Who finds no attempt must be able to tell that there was none from that it was let go of. */
async function expiredBefore({ log, tenant }: Auditing): Promise<string | null> {
  const last = await lastExpiry({ ...log, tenant });
  return last === undefined ? null : new Date(last.before).toISOString();
}

async function streamOf(auditing: Auditing, user: string): Promise<Found<string>> {
  const { tenant } = auditing;
  if (user === 'user:unknown') return { found: streams.signIn(tenant, undefined) };
  const found = await findParty(auditing, 'user', user);
  return 'error' in found ? found : { found: streams.signIn(tenant, found.found.uid) };
}

function appOf({ data }: StoredEvent): string | null {
  return typeof data.appId === 'string' ? data.appId : null;
}

/**
 * The hashes under which an attempt was counted, as pseudonyms: an answer shows no hash that the log holds, and who replays
 * sign-ins has to know which of them were of one account.
 */
function countedAs(lookup: Pick<KeyedHash, 'hash'>, { data: { account, caller } }: StoredEvent): Counted {
  const pseudonym = (hash: string) => lookup.hash('audit-pseudonym', hash).slice(-22);
  return {
    account: typeof account === 'string' ? pseudonym(account) : null,
    caller: pseudonym(typeof caller === 'string' ? caller : ''),
  };
}

function signInOf(event: CloudEvent, counted: Counted): SignIn {
  const data = event.data ?? {};
  const outcome = outcomes.find((each) => typeOf[each] === event.type) ?? 'failed';
  const text = (member: unknown) => (typeof member === 'string' ? member : null);
  const [userId, appId] = [text(data.userId) ?? idOf(event.subject), text(data.appId)];
  return {
    time: event.time,
    outcome,
    reason: outcome === 'throttled' ? 'too-many-attempts' : text(data.reason),
    user: userId === null ? null : `user:${userId}`,
    app: appId === null ? null : `app:${appId}`,
    clientIp: event.clientip ?? null,
    userAgent: event.useragent ?? null,
    counted,
    event,
  };
}

/** Whose attempt it was where the event itself does not say: a wait names the account only by its stream. */
function idOf(subject: string): string | null {
  const id = subject.slice('signin:'.length);
  return id === 'unknown' ? null : id;
}
