import { STATUS_CODES } from 'node:http';
import { isErrorCode, kindOf, type ReplyError } from '@evident/contracts';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import { challengeOf } from '../http/challenge.ts';
import type { InputProblem } from '../http/input.ts';
import { faultStatus, type Refusals } from '../http/refusals.ts';
import { codeOfStatus, type UssoError, ussoError } from './error-table.ts';

const words = {
  error: z.string().meta({ description: 'A short text for people.' }),
  code: z.string().meta({ description: 'For programs, in snake case.', examples: ['permission_denied'] }),
  error_code: z.string().meta({ description: 'The same as `code`.' }),
  message: z.object({ en: z.string() }),
};

export const errorShape = z
  .object({
    ...words,
    detail: z.string(),
    missing: z.string().optional().meta({ description: 'Of a 403: the scope that the caller lacks.' }),
  })
  .meta({ id: 'SsoError' });
export const invalidShape = z
  .object({
    ...words,
    detail: z.array(
      z.object({
        loc: z.array(z.union([z.string(), z.int()])),
        msg: z.string(),
        type: z.string(),
      }),
    ),
  })
  .meta({ id: 'SsoInvalidInput' });

/** The error shape of the contract: a superset of what its clients read (reference/usso.md 2.0). */
export const ussoRefusals: Refusals = {
  refuse(error) {
    const { status, code, detail, loc } = rowOf(error);
    if (status === 422) return refusedInput(error, code, loc ?? ['body'], detail);
    const { missing, reason } = error.details ?? {};
    const lacking = typeof missing === 'string' ? { missing } : {};
    const why = typeof reason === 'string' ? reason : detail;
    const text = typeof missing === 'string' ? `Missing scope: ${missing}` : why;
    return {
      status,
      json: { ...named(status, code, text), ...lacking },
      headers: {
        ...challengeOf(error, status),
        ...(kindOf(error).retry === 'no' ? undefined : { 'retry-after': String(error.retryAfterSeconds ?? 1) }),
        ...(error.position === undefined ? undefined : { 'x-evident-position': error.position }),
      },
    };
  },
  invalid: (problems) => invalid('validation_error', problems),
  fault(fault) {
    const status = faultStatus[fault];
    return { status, json: named(status, codeOfStatus(status)) };
  },
};

/** A code that only a newer service knows is named by the status that it says of itself. */
function rowOf({ code, kind }: ReplyError): UssoError {
  if (kind === undefined) return ussoError(isErrorCode(code) ? code : 'fault.internal');
  return { status: kind.status, code: codeOfStatus(kind.status), detail: kind.meaning };
}

function named(status: number, code: string, detail = STATUS_CODES[status] ?? 'Error') {
  const error = STATUS_CODES[status] ?? 'Error';
  return { error, code, error_code: code, message: { en: detail }, detail };
}

/** A value that a service found unacceptable: where, and why in its own words. */
function refusedInput({ details = {} }: ReplyError, code: string, loc: readonly string[], meaning = 'Not acceptable') {
  const { field, reason } = details;
  const place = typeof field === 'string' ? ['body', field] : loc;
  const msg = typeof reason === 'string' ? reason : meaning;
  return invalid(code, [{ loc: place, msg, type: 'value_error' }]);
}

function invalid(code: string, problems: readonly InputProblem[]): Answer {
  const [first] = problems;
  const text = first === undefined ? 'The request is not valid' : `${first.loc.join('.')}: ${first.msg}`;
  return { status: 422, json: { ...named(422, code, text), detail: problems } };
}
