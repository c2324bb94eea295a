import {
  type ErrorCodeName,
  errorCodes,
  fail,
  isErrorCode,
  newerReplyError,
  type ReplyError,
} from '@evident/contracts';
import { describe, expect, it } from 'vitest';
import { codeOfStatus, ussoError } from '../src/usso/error-table.ts';
import { errorShape, invalidShape, ussoRefusals } from '../src/usso/refusals.ts';

const codes = Object.keys(errorCodes).filter(isErrorCode);

describe('an error of a service, on the USSO contract,', () => {
  it.each<[ErrorCodeName, number, string]>([
    ['caller.not-authenticated', 401, 'unauthorized'],
    ['caller.bad-credential', 401, 'invalid_token'],
    ['caller.not-permitted', 403, 'permission_denied'],
    ['caller.foreign-origin', 403, 'permission_denied'],
    ['user.unknown', 404, 'resource_not_found'],
    ['user.email-taken', 409, 'identifier_exists'],
    ['user.last-administrator', 409, 'resource_conflict'],
    ['signin.refused', 401, 'invalid_credentials'],
    ['request.too-many-attempts', 429, 'too_many_requests'],
    ['load.shed', 503, 'service_unavailable'],
    ['fault.internal', 500, 'internal_server_error'],
  ])('%s is %i %s', (code, status, name) => {
    const answer = ussoRefusals.refuse({ code });
    expect(answer).toMatchObject({ status, json: { code: name, error_code: name } });
    expect(errorShape.safeParse(answer.json).error).toBeUndefined();
  });

  it('has the one shape for every code there is, and a name that tells programs what it is', () => {
    for (const code of codes) {
      const { status, json } = ussoRefusals.refuse({ code });
      const shape = status === 422 ? invalidShape : errorShape;
      expect([code, shape.strict().safeParse(json).error?.message]).toEqual([code, undefined]);
      expect([code, ussoError(code).code]).toEqual([code, expect.stringMatching(/^[a-z]+(_[a-z]+)+$|^unauthorized$/)]);
      expect([code, codeOfStatus(status)]).not.toEqual([code, 'error']);
    }
  });

  it('has the status that the table of codes gives it, or a reason to differ', () => {
    const differing = codes.filter((code) => ussoError(code).status !== errorCodes[code].status);
    // At login this reads as a wrong secret.
    expect(differing).toEqual(['session.evidence-refused']);
  });

  it('names the scope that was missing', () => {
    const { error } = fail('caller.not-permitted', { details: { missing: 'create:sso/role' } });
    expect(ussoRefusals.refuse(error).json).toEqual({
      error: 'Forbidden',
      code: 'permission_denied',
      error_code: 'permission_denied',
      message: { en: 'Missing scope: create:sso/role' },
      detail: 'Missing scope: create:sso/role',
      missing: 'create:sso/role',
    });
  });

  it('says what else was missing, where no scope would do', () => {
    const reason = 'This takes the token of a person’s sign-in.';
    const { error } = fail('caller.not-permitted', { details: { reason } });
    const { status, json } = ussoRefusals.refuse(error);
    expect({ status, json }).toMatchObject({ status: 403, json: { message: { en: reason }, detail: reason } });
    expect(json).not.toHaveProperty('missing');
  });

  it('says where and why a value was not acceptable', () => {
    const { error } = fail('user.password-unacceptable', { details: { field: 'new_password', reason: 'is common' } });
    expect(ussoRefusals.refuse(error)).toMatchObject({
      status: 422,
      json: {
        code: 'validation_error',
        detail: [{ loc: ['body', 'new_password'], msg: 'is common', type: 'value_error' }],
      },
    });
  });

  it('says how long to wait wherever the same request may be sent again', () => {
    for (const code of codes) {
      if (errorCodes[code].retry === 'no') continue;
      expect([code, ussoRefusals.refuse({ code, retryAfterSeconds: 7 }).headers?.['retry-after']]).toEqual([code, '7']);
      expect([code, ussoRefusals.refuse({ code }).headers?.['retry-after']]).toEqual([code, '1']);
    }
  });

  it('that only a newer service knows is answered as that one says', () => {
    const kind = { status: 409, retry: 'later', meaning: 'The user is frozen.' };
    expect(ussoRefusals.refuse(newerReplyError.parse({ code: 'user.frozen', kind }))).toMatchObject({
      status: 409,
      json: { code: 'resource_conflict', detail: 'The user is frozen.' },
      headers: { 'retry-after': '1' },
    });
  });

  it('that nobody knows is a fault, never a crash', () => {
    const unknown = { code: 'user.invented-tomorrow' } as unknown as ReplyError;
    expect(ussoRefusals.refuse(unknown)).toMatchObject({ status: 500, json: { code: 'internal_server_error' } });
  });
});

describe('invalid input', () => {
  it('is 422 with each problem, and the first of them in words', () => {
    const problems = [
      { loc: ['body', 'name'], msg: 'Field required', type: 'missing' },
      { loc: ['query', 'limit'], msg: 'Input should be greater than or equal to 1', type: 'greater_than_equal' },
    ];
    expect(ussoRefusals.invalid(problems)).toEqual({
      status: 422,
      json: {
        error: 'Unprocessable Entity',
        code: 'validation_error',
        error_code: 'validation_error',
        message: { en: 'body.name: Field required' },
        detail: problems,
      },
    });
  });
});
