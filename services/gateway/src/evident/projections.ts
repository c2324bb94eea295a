import {
  discardParkedEvent,
  getRebuild,
  given,
  listedProjection,
  listParked,
  listProjections,
  type RebuildJob,
  type Reply,
  rebuildJob,
  requestRebuild,
  retryParkedEvent,
  shownParkedEvent,
  triedParkedEvent,
  type ValueOf,
  verifyProjection,
} from '@evident/contracts';
import type { Clock } from '@evident/runtime';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { idInPath, projectionInPath } from './names-in-path.ts';
import { managing, reading, told } from './ops-route.ts';
import { problems } from './problem.ts';

const tag = 'Projections';
const params = z.object({ name: projectionInPath });
const jobParams = params.extend({ job: idInPath });
const parkedParams = params.extend({ id: idInPath });
const unknown = { 404: { means: 'There is no such projection.' } };
const listShape = z.array(listedProjection.meta({ id: 'Projection' }));
const jobShape = rebuildJob.meta({ id: 'Rebuild' });
const parkedShape = shownParkedEvent.meta({ id: 'ParkedEvent' });
type Parked = ValueOf<typeof listParked>['parked'][number];
const verifiedShape = verifyProjection.value;

/** A connection that is silent for longer is closed. */
const verifyForMs = 110_000;

/** What operators see of the read models, and do about them. */
export function projections(now: Clock): readonly Endpoint[] {
  return [
    endpoint(
      {
        ...reading,
        tag,
        name: 'listProjections',
        method: 'GET',
        path: '/ops/projections',
        summary: 'How far each projection has come',
        answers: { 200: { means: 'Every projection.', shape: listShape } },
      },
      async (_input, call) =>
        told(await call.query(listProjections, {}), ({ projections: list }) => ({ status: 200, json: list })),
    ),
    endpoint(
      {
        ...managing,
        tag,
        name: 'rebuildProjection',
        method: 'POST',
        path: '/ops/projections/{name}/rebuild',
        summary: 'Build the rows anew from the log, beside those that serve',
        description: 'Projections of one group are rebuilt together. While one is at work, it is the answer.',
        params,
        answers: {
          202: { means: 'It is queued or at work.', shape: jobShape, headers: { Location: 'Where it is told.' } },
          ...unknown,
        },
      },
      ({ params: { name } }, call) => rebuild(name, call),
    ),
    endpoint(
      {
        ...reading,
        tag,
        name: 'readRebuild',
        method: 'GET',
        path: '/ops/projections/{name}/rebuild/{job}',
        summary: 'How far a rebuild has come',
        params: jobParams,
        answers: { 200: { means: 'The rebuild.', shape: jobShape }, 404: { means: 'There is no such rebuild.' } },
      },
      async ({ params: { name, job } }, call) =>
        told(await call.query(getRebuild, { projection: name, job }), (json) => ({ status: 200, json })),
    ),
    endpoint(
      {
        ...managing,
        tag,
        name: 'verifyProjection',
        method: 'POST',
        path: '/ops/projections/{name}/verify',
        onlyAsks: true,
        summary: 'Compare the rows that serve with what the log says',
        params,
        answers: { 200: { means: 'What was compared.', shape: verifiedShape }, ...unknown },
      },
      async ({ params: { name } }, call) => {
        const patient = call.until(now() + verifyForMs);
        return told(await asOften(() => patient.query(verifyProjection, { projection: name })), (json) => ({
          status: 200,
          json,
        }));
      },
    ),
    endpoint(
      {
        ...managing,
        tag,
        name: 'listParked',
        method: 'GET',
        path: '/ops/projections/{name}/parked',
        summary: 'Events that could not be applied; their streams wait',
        params,
        answers: { 200: { means: 'What waits.', shape: z.array(parkedShape) }, ...unknown },
      },
      async ({ params: { name } }, call) =>
        told(await parkedOf(name, call), (parked) => ({
          status: 200,
          json: parked.map(({ stream: _, ...rest }) => rest),
        })),
    ),
    parkedAction('retry', 'Apply a parked event, and those that wait behind it, again'),
    parkedAction('discard', 'Pass over a parked event for good, and apply those that wait behind it'),
  ];
}

async function rebuild(name: string, call: Call): Promise<Answer> {
  const listed = await call.query(listProjections, {});
  if (!listed.ok) return problems.refuse(listed.error);
  if (!listed.value.projections.some((each) => each.name === name))
    return problems.refuse({ code: 'projection.unknown' });
  const requested = await call.command(requestRebuild, { projection: name });
  if (!requested.ok) return problems.refuse(requested.error);
  const { job } = requested.value;
  // Whoever fills the rows says which job it became: the one at work, where there is one.
  const became = await call.query(getRebuild, { projection: name, job });
  const queued = { job, state: 'queued', done: 0, total: 0, eventsPerSecond: 0, etaSeconds: null } as const;
  return told(requested, () => accepted(name, became.ok ? became.value : queued));
}

function accepted(name: string, job: RebuildJob): Answer {
  return { status: 202, json: job, headers: { location: `/ops/projections/${name}/rebuild/${job.job}` } };
}

function parkedAction(action: 'retry' | 'discard', summary: string): Endpoint {
  const contract = action === 'retry' ? retryParkedEvent : discardParkedEvent;
  return endpoint(
    {
      ...managing,
      tag,
      name: `${action}Parked`,
      method: 'POST',
      path: `/ops/projections/{name}/parked/{id}/${action}`,
      summary,
      params: parkedParams,
      answers: {
        200: { means: 'It was tried; whether something still waits there.', shape: triedParkedEvent },
        404: { means: 'No such event waits.' },
      },
    },
    async ({ params: { name, id } }, call) => {
      const before = await parkedOf(name, call);
      if (!before.ok) return problems.refuse(before.error);
      const waiting = before.value.find((each) => each.id === id);
      // Where it does not wait this may be a repeat, of which only the command knows.
      const decided = await call.command(contract, given({ projection: name, stream: waiting?.stream, eventId: id }));
      if (!decided.ok) return problems.refuse(decided.error);
      const { stream } = decided.value;
      // Waits, as a read of one's own write, until whoever fills the rows has tried it.
      const after = await parkedOf(name, call);
      if (!after.ok) return problems.refuse(after.error);
      const still = after.value.find((each) => each.stream === stream);
      const json = { id, parked: still !== undefined, ...(still === undefined ? {} : { error: still.error }) };
      return told(decided, () => ({ status: 200, json }));
    },
  );
}

/** All that wait, pulled message by message. A list that changes meanwhile may miss or repeat one at a seam. */
async function parkedOf(projection: string, call: Call): Promise<Reply<readonly Parked[]>> {
  const all: Parked[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const piece: Reply<ValueOf<typeof listParked>> = await call.query(listParked, { projection, from });
    if (!piece.ok) return piece;
    all.push(...piece.value.parked);
    from = piece.value.next ?? null;
  }
  return { ok: true, value: all };
}

/** Each time another process of the service may be the one that is asked, until it is the one that can answer. */
async function asOften<Answered extends { readonly ok: boolean }>(ask: () => Promise<Answered>): Promise<Answered> {
  let reply = await ask();
  for (let time = 1; time < 20 && isElsewhere(reply); time += 1) reply = await ask();
  return reply;
}

function isElsewhere(reply: { readonly ok: boolean }): boolean {
  const { error } = reply as { readonly error?: { readonly details?: { readonly elsewhere?: unknown } } };
  return error?.details?.elsewhere === true;
}
