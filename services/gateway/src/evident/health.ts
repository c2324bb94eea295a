import type { Clock, HealthChecks, ReadyAnswer } from '@evident/runtime';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { problems } from './problem.ts';

const route = { tag: 'Operation', access: 'public', rule: 'public', always: true, refusals: problems } as const;
const aliveShape = z.object({ status: z.literal('ok') });
const readyShape = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  reasons: z.array(z.string()),
});

/** Balancers ask often, and anyone may ask: the checks behind an answer are made this often at most. */
const askedEveryMs = 250;

export function health(checks: HealthChecks, now: Clock): Endpoint[] {
  let asked: { readonly at: number; readonly answer: Promise<ReadyAnswer> } | undefined;
  const ready = () => {
    const at = now();
    if (asked === undefined || at - asked.at >= askedEveryMs) asked = { at, answer: checks.ready() };
    return asked.answer;
  };
  return [
    endpoint(
      {
        ...route,
        name: 'health',
        method: 'GET',
        path: '/health',
        summary: 'Is the process alive?',
        answers: { 200: { means: 'It lives.', shape: aliveShape } },
      },
      () => ({ status: 200, json: { status: 'ok' } }),
    ),
    endpoint(
      {
        ...route,
        name: 'ready',
        method: 'GET',
        path: '/ready',
        summary: 'Can it serve sign-ins and writes?',
        answers: {
          200: { means: 'Yes; `degraded` where something else is missing.', shape: readyShape },
          503: { means: 'No, with each reason.', shape: readyShape, type: 'application/json' },
        },
      },
      async () => {
        const { httpStatus, body } = await ready();
        return { status: httpStatus, json: body };
      },
    ),
  ];
}
