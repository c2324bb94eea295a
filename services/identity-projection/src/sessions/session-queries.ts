import { refuseSession } from '@evident/caller';
import {
  type CreationRequest,
  fail,
  type getSession,
  inOrder,
  isWithin,
  type listSessions,
  type SessionObject,
} from '@evident/contracts';
import { streams } from '@evident/domain';
import type { Log } from '@evident/log';
import type { MessageHandler } from '@evident/transport';
import { generationsView } from '../projections/generations.projection.ts';
import { type SessionRow, sessionsView } from '../projections/sessions.projection.ts';
import { fitMessage } from '../reading/fit-message.ts';
import { pagesOf } from '../reading/pages-of.ts';
import { type Found, type Reading, read } from '../reading/reading.ts';

export interface SessionQueries {
  readonly listSessions: MessageHandler<typeof listSessions>;
  readonly getSession: MessageHandler<typeof getSession>;
}

type SessionClient = Pick<SessionObject, 'clientIp' | 'userAgent'>;

const scope = 'read:sso/session';

interface LivingSession {
  readonly key: string;
  readonly openedAt: number;
}

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

  /**
   * A user's sessions that count now, newest first unless asked otherwise; those of older generations have ended. Who
   * signs in by a program may have very many: time grows with how many they are, and nothing is read for who waits no more.
   */
  const livingOf = async (
    userUid: string,
    { order = 'desc', ...range }: CreationRequest,
    deadline: number,
  ): Promise<Found<readonly LivingSession[]>> => {
    const openedAt = new Map<string, number>();
    const generation = await generationOf(userUid);
    if (generation === undefined) return { found: [] };
    const index = ['userUid', 'generation', 'endedAt', 'expiresAt'] as const;
    const where = { userUid, generation, endedAt: null };
    for await (const page of pagesOf(store, sessionsView, { index, where, from: now() + 1 })) {
      // One that is refreshed meanwhile moves on, and may come twice.
      for (const { key, row } of page) if (row !== undefined) openedAt.set(key, row.openedAt);
      if (now() > deadline) return fail('deadline.passed');
    }
    const living = Array.from(openedAt, ([key, opened]) => ({ key, openedAt: opened }));
    const wanted = living.filter((session) => isWithin(range, session.openedAt));
    return { found: inOrder(wanted, order, (a, b) => a.openedAt - b.openedAt || (a.key < b.key ? -1 : 1)) };
  };

  return {
    async listSessions({ userId, skip, limit, ...creation }, context) {
      const checked = await callers.check(context.credential);
      if (!checked.ok) return checked;
      const { caller } = checked;
      const userUid = userId ?? caller.holder.id;
      const refusal = refuseSession(caller, scope, userUid);
      if (refusal !== undefined) return { ok: false, error: refusal };
      return read(reading, context, async () => {
        const living = await livingOf(userUid, creation, context.deadline);
        if ('error' in living) return living;
        const keys = living.found.slice(skip, skip + limit).map(({ key }) => key);
        if (keys.some(isParked)) return fail('read.parked');
        const rows = await store.getMany(sessionsView, keys);
        const sessions = await Promise.all(
          keys.map(async (key) => {
            const row = rows.get(key)?.row;
            return row === undefined ? [] : [sessionObjectOf(key, row, await clientOf(key))];
          }),
        );
        return { found: { sessions: [...fitMessage(sessions.flat())], total: living.found.length } };
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
