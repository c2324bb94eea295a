import { refuseSession } from '@evident/caller';
import { fail, type getSession, type listSessions, type SessionObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import type { Log } from '@evident/log';
import type { MessageHandler } from '@evident/transport';
import { generationsView } from '../projections/generations.projection.ts';
import { type SessionRow, sessionsView } from '../projections/sessions.projection.ts';
import { fitMessage } from '../queries/fit-message.ts';
import { type Reading, read } from '../queries/reading.ts';

export interface SessionQueries {
  readonly listSessions: MessageHandler<typeof listSessions>;
  readonly getSession: MessageHandler<typeof getSession>;
}

type SessionClient = Pick<SessionObject, 'clientIp' | 'userAgent'>;

const scope = 'read:sso/session';
/** How many rows are looked at in one go. */
const pageSize = 1_000;

/** @param reading whose `directory` is the group of views that sessions are in. */
export function createSessionQueries(reading: Reading, log: Pick<Log, 'store' | 'codec'>): SessionQueries {
  const { store, directory, tenant, callers, now } = reading;

  const isParked = (sessionId: string) => directory.isParked('sessions', streams.session(tenant, sessionId));
  const generationOf = async (userUid: string) => (await store.get(generationsView, userUid))?.generation;

  /** From where it was opened, as its event says; `erased` where the person is. */
  const clientOf = async (sessionId: string): Promise<SessionClient> => {
    const [opened] = await log.store.readStream(streams.session(tenant, sessionId), { limit: 1 });
    const event = opened === undefined ? undefined : await log.codec.decode(opened);
    const { clientIp = '', userAgent = '' } = (
      event !== undefined && 'data' in event ? event.data : {}
    ) as Partial<SessionClient>;
    return { clientIp, userAgent };
  };

  /** Ids of a user's sessions that count now, with when they were opened; those of older generations have ended. */
  const livingOf = async (userUid: string): Promise<{ key: string; openedAt: number }[]> => {
    const generation = await generationOf(userUid);
    if (generation === undefined) return [];
    const living: { key: string; openedAt: number }[] = [];
    const index = ['userUid', 'generation', 'endedAt', 'expiresAt'] as const;
    const where = { userUid, generation, endedAt: null };
    const from = now() + 1;
    for (let skip = 0; ; skip += pageSize) {
      const rows = await store.find(sessionsView, { index, where, from, skip, limit: pageSize });
      for (const { key, row } of rows) if (row !== undefined) living.push({ key, openedAt: row.openedAt });
      if (rows.length < pageSize) return living;
    }
  };

  return {
    async listSessions({ userId, skip, limit }, context) {
      const checked = await callers.check(context.credential);
      if (!checked.ok) return checked;
      const { caller } = checked;
      const userUid = userId ?? caller.holder.id;
      const refusal = refuseSession(caller, scope, userUid);
      if (refusal !== undefined) return { ok: false, error: refusal };
      return read(reading, context, async () => {
        const living = await livingOf(userUid);
        const newest = living.toSorted((a, b) => b.openedAt - a.openedAt || (a.key < b.key ? 1 : -1));
        const keys = newest.slice(skip, skip + limit).map(({ key }) => key);
        if (keys.some(isParked)) return fail('read.parked');
        const rows = await store.getMany(sessionsView, keys);
        const sessions = await Promise.all(
          keys.map(async (key) => {
            const row = rows.get(key)?.row;
            return row === undefined ? [] : [sessionObjectOf(key, row, await clientOf(key))];
          }),
        );
        return { found: { sessions: [...fitMessage(sessions.flat())], total: living.length } };
      });
    },

    async getSession({ sessionId }, context) {
      const checked = await callers.check(context.credential);
      if (!checked.ok) return checked;
      return read(reading, context, async () => {
        const row = await store.get(sessionsView, sessionId);
        if (row === undefined) return fail('session.unknown');
        const refusal = refuseSession(checked.caller, scope, row.userUid, sessionId);
        if (refusal !== undefined) return fail('session.unknown');
        if (isParked(sessionId)) return fail('read.parked');
        const isCurrent = row.generation === (await generationOf(row.userUid));
        const isActive = isCurrent && row.endedAt === null && now() < row.expiresAt;
        return { found: { ...sessionObjectOf(sessionId, row, await clientOf(sessionId)), isActive } };
      });
    },
  };
}

function sessionObjectOf(uid: string, row: SessionRow, client: SessionClient): SessionObject {
  const { userUid, audience, methods, scopes, openedAt, lastUsedAt, expiresAt } = row;
  return {
    uid,
    userUid,
    audience,
    methods: [...methods],
    scopes: [...scopes],
    createdAt: openedAt,
    lastUsedAt,
    expiresAt,
    ...client,
  };
}
