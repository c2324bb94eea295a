import { STATUS_CODES } from 'node:http';
import { detailOf, fail, isErrorCode, kindOf } from '@evident/contracts';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import { challengeOf } from '../http/challenge.ts';
import { faultStatus, type Refusals } from '../http/refusals.ts';

/** RFC 9457. `code` is stable, for programs; `detail` is for people. */
export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    position: z.string().optional(),
  })
  .meta({ id: 'Problem' });

/** Codes that the published contract names otherwise than the services among themselves. */
const published: Readonly<Partial<Record<string, string>>> = {
  'log.changed': 'log-changed',
  'read.not-yet': 'not-yet',
  'read.parked': 'parked',
};

function problem(status: number, code: string, detail: string, more: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    json: {
      type: `urn:evident:problem:${code}`,
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail,
      code,
      ...more,
    },
    headers: { 'content-type': 'application/problem+json' },
  };
}

export const problems: Refusals = {
  refuse(error) {
    const code = error.kind !== undefined || isErrorCode(error.code) ? error.code : 'fault.internal';
    const { status, retry } = kindOf(error);
    const answer = problem(
      status,
      published[code] ?? code,
      detailOf(error),
      error.position === undefined ? {} : { position: error.position },
    );
    const headers = {
      ...answer.headers,
      ...challengeOf(error, status),
      ...(retry === 'no' ? undefined : { 'retry-after': String(error.retryAfterSeconds ?? 1) }),
      ...(error.position === undefined ? undefined : { 'x-evident-position': error.position }),
    };
    return { ...answer, headers };
  },
  invalid(list) {
    const [first] = list;
    const detail = first === undefined ? 'The request is not valid.' : `${first.loc.join('.')}: ${first.msg}.`;
    // A bad value in a path, a query or a header is 400, a bad body 422, as on the other contracts.
    return problem(first?.loc[0] === 'body' ? 422 : 400, 'request.invalid', detail);
  },
  fault(fault) {
    const status = faultStatus[fault];
    return problem(status, `http.${fault}`, `${STATUS_CODES[status]}.`);
  },
};

/** What is answered where no further stream is begun. */
export function tooManyStreams(): Answer {
  return problems.refuse(fail('load.shed', { retryAfterSeconds: 1 }).error);
}
