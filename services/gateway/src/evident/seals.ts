import { listSeals, proveEvent, sealObject } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { integerInQuery } from '../http/numbers.ts';
import { answered, auditRoute, limitInQuery } from './audit-route.ts';
import { idInPath } from './names-in-path.ts';
import { problems } from './problem.ts';

const sealShape = sealObject.meta({ id: 'Seal' });
const keyShape = z.object({ kid: z.string(), kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() });

/** That the log is what it was: signed seals over it, and the proof that an event is in one. */
export const seals: readonly Endpoint[] = [
  endpoint(
    {
      ...auditRoute,
      name: 'listSeals',
      method: 'GET',
      path: '/audit/log/seals',
      summary: 'The signed seals of the log',
      description: 'Keep them elsewhere: a log that was cut off or replaced is found by the seals that it lacks.',
      query: z.strictObject({ after: integerInQuery(0, Number.MAX_SAFE_INTEGER, 0), limit: limitInQuery }),
      answers: {
        200: {
          means: 'Seals by number, and the public keys that signed them.',
          shape: z.object({ seals: z.array(sealShape), keys: z.array(keyShape), next: z.int().nullable() }),
        },
      },
    },
    async ({ query: { after, limit } }, call) => {
      const list: z.infer<typeof sealObject>[] = [];
      for (let from = after; ; ) {
        const reply = await call.query(listSeals, { after: from, limit: limit - list.length });
        if (!reply.ok) return problems.refuse(reply.error);
        list.push(...reply.value.seals);
        const next: number | null = reply.value.next;
        if (next === null || list.length >= limit) {
          const points = new Map(list.map(({ kid, publicKey }) => [kid, publicKey]));
          const keys = [...points].map(([kid, x]) => ({ kid, kty: 'OKP', crv: 'Ed25519', x }));
          return { status: 200, json: { seals: list, keys, next } };
        }
        from = next;
      }
    },
  ),
  endpoint(
    {
      ...auditRoute,
      name: 'proveEvent',
      method: 'GET',
      path: '/audit/log/proof/{event_id}',
      summary: 'The proof that an event is in a seal',
      params: z.object({ event_id: idInPath }),
      answers: {
        200: { means: 'The steps from the digest of the event to the signed root.', shape: proveEvent.value },
        404: {
          means: 'There is no such event, or it is not in a seal yet.',
          headers: { 'Retry-After': 'Where it is not in a seal yet: seconds to wait.' },
        },
      },
    },
    async ({ params }, call) => answered(await call.query(proveEvent, { eventId: params.event_id })),
  ),
];
