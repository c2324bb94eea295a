import { apiKeyAttributes, type Caller, mayAct, ownsApiKey, reachOf } from '@evident/caller';
import {
  type ApiKeyObject,
  type CreationRequest,
  fail,
  type getApiKey,
  inOrder,
  type listApiKeys,
} from '@evident/contracts';
import { type ApiKeyEvent, principalName, streams } from '@evident/domain';
import { readable } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { StoredRow } from '@evident/read-model';
import type { MessageHandler } from '@evident/transport';
import { type ApiKeyRow, apiKeysProjection, apiKeysView } from '../projections/api-keys.projection.ts';
import { totals } from '../projections/totals.projection.ts';
import { creationBounds } from '../reading/creation-bounds.ts';
import { fitMessage } from '../reading/fit-message.ts';
import { type ReachedPage, type ReachedRequest, reachedPage } from '../reading/reached-page.ts';
import { readFor } from '../reading/read-for.ts';
import type { Found, Reading } from '../reading/reading.ts';
import { wholePage } from '../reading/whole-page.ts';

/** Where it is read what rows do not say: a key's name, and whether its holder may act. */
type KeyLog = Pick<Log, 'store' | 'codec' | 'states' | 'tenant'>;

const scope = 'read:sso/apikey';
/** Anybody may ask: what they see of others' keys depends on their scopes, their own they see in any case. */
const nobodyIsRefused = () => undefined;

export function createGetApiKey(reading: Reading, log: KeyLog): MessageHandler<typeof getApiKey> {
  return ({ uid }, context) =>
    readFor(reading, context, nobodyIsRefused, async (caller) => {
      if (isParked(reading, uid)) return fail('read.parked');
      const row = await reading.store.get(apiKeysView, uid);
      if (row === undefined || !showsTo(caller)(uid, row)) return fail('apikey.unknown');
      const [found] = await apiKeyObjects(log, [{ key: uid, row }], reading.now());
      return found === undefined ? fail('apikey.unknown') : { found };
    });
}

/** In the order they were made unless asked otherwise. */
export function createListApiKeys(reading: Reading, log: KeyLog): MessageHandler<typeof listApiKeys> {
  return ({ agentId, ...request }, context) =>
    readFor(reading, context, nobodyIsRefused, async (caller) => {
      const holder = agentId === undefined ? undefined : principalName({ kind: 'agent', id: agentId });
      const page = await pageFor(reading, caller, holder, { ...request, deadline: context.deadline });
      if ('error' in page) return page;
      const { rows, total } = page.found;
      if (rows.some(({ key }) => isParked(reading, key))) return fail('read.parked');
      const living = rows.flatMap(({ key, row }) => (row === undefined ? [] : [{ key, row }]));
      const apiKeys = await apiKeyObjects(log, living, reading.now());
      return { found: { apiKeys: [...fitMessage(apiKeys)], total } };
    });
}

type Page = Found<ReachedPage<ApiKeyRow>>;
type PageRequest = ReachedRequest & CreationRequest;

async function pageFor(
  reading: Reading,
  caller: Caller,
  holder: string | undefined,
  request: PageRequest,
): Promise<Page> {
  const shows = showsTo(caller);
  const bounds = creationBounds(request);
  if (holder !== undefined) {
    const query = { index: ['holderName', 'createdAt'], where: { holderName: holder }, ...bounds } as const;
    return reachedPage(reading, apiKeysView, query, shows, request);
  }
  const reach = reachOf(caller, scope);
  if (!reach.ok) return ownKeys(reading, caller, request);
  const index = ['createdAt'] as const;
  if (!reach.all) return reachedPage(reading, apiKeysView, { index, ...bounds }, shows, request);
  return wholePage(reading, { view: apiKeysView, index, totals: [totals.apiKeys] }, request);
}

/** Found by who holds and who issued them, so that nobody's list grows with the keys of others. */
async function ownKeys(reading: Reading, caller: Caller, request: PageRequest): Promise<Page> {
  const { skip, limit, deadline, order } = request;
  const name = principalName(caller.holder);
  const all = { skip: 0, limit: Number.MAX_SAFE_INTEGER, deadline };
  const shows = showsTo(caller);
  const held = { index: ['holderName', 'createdAt'], where: { holderName: name } } as const;
  const issued = { index: ['issuerName', 'createdAt'], where: { issuerName: name } } as const;
  const found = new Map<string, StoredRow<ApiKeyRow>>();
  for (const query of [held, issued]) {
    const page = await reachedPage(reading, apiKeysView, { ...query, ...creationBounds(request) }, shows, all);
    if ('error' in page) return page;
    for (const row of page.found.rows) found.set(row.key, row);
  }
  const rows = inOrder(
    [...found.values()],
    order,
    (a, b) => (a.row?.createdAt ?? 0) - (b.row?.createdAt ?? 0) || (a.key < b.key ? -1 : 1),
  );
  return { found: { rows: rows.slice(skip, skip + limit), total: rows.length } };
}

function showsTo(caller: Caller): (uid: string, row: ApiKeyRow) => boolean {
  const reach = reachOf(caller, scope);
  return (uid, row) => ownsApiKey(caller, uid, row) || (reach.ok && reach.shows(apiKeyAttributes(uid, row)));
}

function isParked({ directory, tenant }: Reading, uid: string): boolean {
  return directory.isParked(apiKeysProjection.name, streams.apiKey(tenant, uid));
}

interface KeyToShow {
  readonly key: string;
  readonly row: ApiKeyRow;
}

function apiKeyObjects(log: KeyLog, keys: readonly KeyToShow[], now: number): Promise<readonly ApiKeyObject[]> {
  return Promise.all(keys.map((key) => apiKeyObjectOf(log, key, now)));
}

async function apiKeyObjectOf(log: KeyLog, { key: uid, row }: KeyToShow, now: number): Promise<ApiKeyObject> {
  const { holderName: holder, issuerName: issuedBy, prefix, expiresAt, createdAt, updatedAt } = row;
  const [name, holderActs] = await Promise.all([nameOf(log, uid), mayAct(log, row.holder)]);
  const scopes = row.scopes === null ? null : [...row.scopes];
  const isActive = holderActs && (expiresAt === null || now < expiresAt);
  return { uid, name, holder, issuedBy, scopes, prefix, isActive, expiresAt, revokedAt: null, createdAt, updatedAt };
}

/** As its event says; `erased` where who wrote it is. */
async function nameOf(log: KeyLog, uid: string): Promise<string> {
  const [issued] = await log.store.readStream(streams.apiKey(log.tenant, uid), { limit: 1 });
  const event = issued === undefined ? undefined : readable<ApiKeyEvent>(await log.codec.decode(issued));
  return event?.type === 'apikey.issued' ? event.data.name : '';
}
