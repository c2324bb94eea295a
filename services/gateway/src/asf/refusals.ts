import { type ErrorCode, isErrorCode, type ReplyError } from '@evident/contracts';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import { challengeOf } from '../http/challenge.ts';
import type { InputProblem } from '../http/input.ts';
import { faultStatus, type HttpFault, type Refusals } from '../http/refusals.ts';
import { type AsfError, asfErrors } from './error-table.ts';

export const errorShape = z.object({ detail: z.string() }).meta({ id: 'Error' });
export const invalidShape = z
  .object({
    detail: z.array(
      z.object({
        loc: z.array(z.union([z.string(), z.int()])),
        msg: z.string(),
        type: z.string(),
      }),
    ),
  })
  .meta({ id: 'InvalidInput' });

const faultDetails: Readonly<Record<HttpFault, string>> = {
  'bad-request': 'Bad Request',
  'not-found': 'Not Found',
  'method-not-allowed': 'Method Not Allowed',
  'request-timeout': 'Request Timeout',
  'too-large': 'Request body too large',
  'headers-too-large': 'Request Header Fields Too Large',
};

/** Where nobody said how long to wait. */
const retryAfterSeconds = 1;

export const asfRefusals: Refusals = {
  refuse(error) {
    const row = rowOf(error);
    if ('loc' in row) return invalid([{ loc: row.loc, msg: reasonOf(error) ?? row.msg, type: 'value_error' }]);
    const headers = {
      ...challengeOf(error, row.status),
      ...(row.header === 'retry-after' ? { 'retry-after': retryAfter(error) } : undefined),
      ...(error.position === undefined ? undefined : { 'x-evident-position': error.position }),
    };
    return { status: row.status, json: { detail: row.detail }, headers };
  },
  invalid,
  fault: (fault) => ({ status: faultStatus[fault], json: { detail: faultDetails[fault] } }),
};

/** A code that only a newer service knows is answered by what it says of itself. */
function rowOf({ code, kind }: ReplyError): AsfError {
  return kind === undefined ? asfErrors[isErrorCode(code) ? code : 'fault.internal'] : rowOfKind(kind);
}

function rowOfKind({ status, retry, meaning }: ErrorCode): AsfError {
  if (status === 422) return { status, loc: ['body'], msg: meaning };
  return { status, detail: meaning, ...(retry === 'no' ? {} : { header: 'retry-after' }) };
}

function invalid(problems: readonly InputProblem[]): Answer {
  return { status: 422, json: { detail: problems } };
}

export function retryAfter(error: ReplyError): string {
  return String(error.retryAfterSeconds ?? retryAfterSeconds);
}

/** Why a value was not acceptable, in the words of the service that decided. */
function reasonOf(error: ReplyError): string | undefined {
  const reason = error.details?.reason;
  return typeof reason === 'string' ? reason : undefined;
}
