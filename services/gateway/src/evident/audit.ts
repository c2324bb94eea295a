import {
  auditAccess,
  auditDiff,
  auditEvents,
  auditSignIns,
  auditState,
  cloudEvent,
  given,
  signInOutcome,
} from '@evident/contracts';
import type { Clock } from '@evident/runtime';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { answered, auditRoute, filters, limitInQuery, subjectText, unknownSubject } from './audit-route.ts';
import { history } from './history.ts';
import { problems } from './problem.ts';
import { gathering, pullEvents } from './pull-events.ts';

const eventShape = cloudEvent.meta({ id: 'CloudEvent' });
const state = z.record(z.string(), z.unknown()).nullable();
const next = z.string().nullable();
const subjectInPath = z.object({ subject: subjectText });
/** Where little matches, a page ends before it is full. */
const short = '; one that is not full is the last only where `next` is null.';
/** Of a page of access, which is no place in the log. */
const pageEnd = filters.after.meta({ description: '`next` of the page before.' });
const nonsense = { 400: { means: 'A time, position, range, type or subject that makes no sense.' } } as const;

/**
 * What was true, what changed it, who could do what: everything from the log. A parameter that a question does not know
 * is refused: what it was to leave out would be in the answer, and nobody would see it.
 */
export const audit = (now: Clock): readonly Endpoint[] => [
  endpoint(
    {
      ...auditRoute,
      name: 'auditEvents',
      method: 'GET',
      path: '/audit/events',
      summary: 'Find events',
      query: z.strictObject({
        subject: filters.subject,
        actor: filters.actor,
        type: filters.types,
        correlation: filters.correlation,
        causation: filters.causation,
        from: filters.from,
        to: filters.to,
        after: filters.after,
        limit: limitInQuery,
        order: z.enum(['asc', 'desc']).default('asc'),
      }),
      answers: {
        200: { means: `A page of events${short}`, shape: z.object({ events: z.array(eventShape), next }) },
        ...nonsense,
        ...unknownSubject,
      },
    },
    async ({ query: { limit, after, type: types, ...filter } }, call) => {
      const reply = await pullEvents({ limit, after, goesOn: gathering(now) }, (piece) =>
        call.query(auditEvents, given({ ...filter, types, ...piece })),
      );
      return answered(reply, ({ events, next: rest }) => ({ events, next: rest }));
    },
  ),
  history(now),
  endpoint(
    {
      ...auditRoute,
      name: 'auditState',
      method: 'GET',
      path: '/audit/state/{subject}',
      summary: 'What a subject was at a moment',
      params: subjectInPath,
      query: z.strictObject({ at: filters.at }),
      answers: {
        200: {
          means: 'The state; null where it did not exist then.',
          shape: z.object({
            subject: z.string(),
            at: z.string(),
            position: z.string().nullable(),
            exists: z.boolean(),
            state,
          }),
        },
        ...nonsense,
        ...unknownSubject,
      },
    },
    async ({ params, query }, call) => answered(await call.query(auditState, { ...params, ...given(query) })),
  ),
  endpoint(
    {
      ...auditRoute,
      name: 'auditDiff',
      method: 'GET',
      path: '/audit/diff/{subject}',
      summary: 'What changed about a subject between two moments',
      params: subjectInPath,
      query: z.strictObject({ from: filters.from, to: filters.to }),
      answers: {
        200: {
          means: 'Both states, and each field that differs.',
          shape: z.object({
            before: state,
            after: state,
            changes: z.record(z.string(), z.object({ before: z.unknown(), after: z.unknown() })),
          }),
        },
        ...nonsense,
        ...unknownSubject,
      },
    },
    async ({ params, query }, call) => answered(await call.query(auditDiff, { ...params, ...given(query) })),
  ),
  endpoint(
    {
      ...auditRoute,
      name: 'auditAccess',
      method: 'GET',
      path: '/audit/access',
      summary: 'Who could use an app, or what a user could use, at a moment',
      query: z.strictObject({
        app: filters.app,
        user: filters.user,
        at: filters.at,
        after: pageEnd,
        limit: limitInQuery,
      }),
      answers: {
        200: {
          means: `A page of who could use what, each with the event that granted it${short}`,
          shape: z.object({
            at: z.string(),
            position: z.string().nullable(),
            access: z.array(z.object({ user: z.string(), app: z.string(), grantedBy: eventShape })),
            next,
          }),
        },
        ...nonsense,
        ...unknownSubject,
      },
    },
    async ({ query: { limit, after, ...filter } }, call) => {
      let head: { at: string; position: string | null } | undefined;
      const access: unknown[] = [];
      const goesOn = gathering(now);
      for (let from = after; ; ) {
        const fixed = head?.position === null || head?.position === undefined ? {} : { at: head.position };
        const ask = given({ ...filter, ...fixed, after: from });
        const reply = await call.query(auditAccess, { ...ask, limit: limit - access.length });
        if (!reply.ok) return problems.refuse(reply.error);
        const { value } = reply;
        head ??= { at: value.at, position: value.position };
        access.push(...value.access);
        if (value.next === null || access.length >= limit || !goesOn()) {
          return { status: 200, json: { ...head, access, next: value.next } };
        }
        from = value.next;
      }
    },
  ),
  endpoint(
    {
      ...auditRoute,
      name: 'auditSignIns',
      method: 'GET',
      path: '/audit/sign-ins',
      summary: 'Attempts to sign in, oldest first',
      query: z.strictObject({
        user: filters.user,
        app: filters.app,
        outcome: signInOutcome.optional(),
        from: filters.from,
        to: filters.to,
        after: filters.after,
        limit: limitInQuery,
      }),
      answers: {
        200: {
          means: `A page of attempts${short}`,
          shape: z.object({
            signIns: z.array(auditSignIns.value.shape.signIns.element.extend({ event: eventShape })),
            expiredBefore: auditSignIns.value.shape.expiredBefore.describe(
              'Attempts from before this time were let go of, but for the last of each account.',
            ),
            next,
          }),
        },
        ...nonsense,
        ...unknownSubject,
      },
    },
    async ({ query: { limit, after, ...filter } }, call) => {
      const signIns: unknown[] = [];
      const goesOn = gathering(now);
      for (let from = after; ; ) {
        const reply = await call.query(auditSignIns, {
          ...given({ ...filter, after: from }),
          limit: limit - signIns.length,
        });
        if (!reply.ok) return problems.refuse(reply.error);
        const { expiredBefore, next } = reply.value;
        signIns.push(...reply.value.signIns);
        if (next === null || signIns.length >= limit || !goesOn()) {
          return { status: 200, json: { signIns, expiredBefore, next } };
        }
        from = next;
      }
    },
  ),
];
