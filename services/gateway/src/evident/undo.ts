import { auditEvents, given, mostUndone, undoChanges, undone } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { text } from '../http/texts.ts';
import { told } from './ops-route.ts';
import { problems } from './problem.ts';
import { pullEvents } from './pull-events.ts';

const named = text(1, 256).optional();
const selection = z.strictObject({
  correlation: named.meta({ description: '`X-Request-Id` of the request whose changes are to be undone.' }),
  causation: named.meta({ description: 'Id of the event whose consequences are to be undone.' }),
  actor: named.meta({ description: 'Who made the changes; needs `from` and `to`.' }),
  from: named,
  to: named,
  apply: z.boolean().default(false).meta({ description: 'Do it; else only say what would be done.' }),
});

/** Takes back what somebody did, as far as nobody has changed it since. */
export const undo: Endpoint = endpoint(
  {
    name: 'undoChanges',
    method: 'POST',
    path: '/audit/undo',
    tag: 'Audit',
    access: 'bearer',
    rule: 'manage:evident/audit',
    refusals: problems,
    summary: 'Undo changes, or see how they would be undone',
    description:
      'By the request that made them, the event that caused them, or who made them in a span of time. Each step needs the rights that any caller would need for it. Credentials, sessions, removal and erasure cannot be undone.',
    body: selection,
    bodyExample: { correlation: '5f2c1f0e-0d6c-4c39-9d0b-0f1f6d1f2a3b' },
    answers: {
      200: {
        means: 'Each field that was changed, with the command that brings it back or what stands against it.',
        shape: undone.extend({
          complete: undone.shape.complete.meta({ description: 'False where time ran out: the same again goes on.' }),
        }),
      },
      400: { means: 'The selection makes no sense, or is of too many changes.' },
    },
  },
  async ({ body: { apply, ...chosen } }, call) => {
    const wrong = problemWith(chosen);
    if (wrong !== undefined) return badSelection(wrong);
    const found = await pullEvents({ limit: mostUndone + 1 }, (piece) =>
      call.query(auditEvents, given({ ...chosen, ...piece, order: 'asc' as const })),
    );
    if (!found.ok) return problems.refuse(found.error);
    const { events } = found.value;
    const named = events.map(({ subject, revision, id }) => ({ subject, revision, id }));
    const reply = await call.command(undoChanges, { selection: given(chosen), events: named, apply });
    return told(reply, ({ began, ...rest }) => {
      const selected = events.filter(({ position }) => began === null || position < began);
      return { status: 200, json: { events: selected.length, ...rest, applied: apply } };
    });
  },
);

type Chosen = Omit<z.output<typeof selection>, 'apply'>;

function problemWith({ correlation, causation, actor, from, to }: Chosen): string | undefined {
  const ways = [correlation, causation, actor].filter((way) => way !== undefined);
  if (ways.length !== 1) return 'Give one of correlation, causation and actor.';
  if (actor !== undefined && (from === undefined || to === undefined)) return 'With an actor, give from and to.';
  return undefined;
}

function badSelection(reason: string) {
  return problems.refuse({ code: 'audit.bad-query', details: { reason } });
}
